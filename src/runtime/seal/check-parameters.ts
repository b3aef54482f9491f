import { maxModulusBits, type Parameters } from "../../backend/circuit/parameters.ts"
import { RuntimeError } from "../../data/index.ts"

/** Throws RuntimeError for parameters that are less secure than they claim, wherever they come from. */
export const checkSecurity = (parameters: Parameters): void => {
  const { n, primes, security } = parameters
  const bits = primes.reduce((a, b) => a + b, 0)
  const most = maxModulusBits(n, security)
  if (bits > most) {
    throw new RuntimeError(
      `${printParameters(parameters)} is refused: its primes have ${bits} bits together, ` +
        `and ${security}-bit security at n = ${n} allows ${most === 0 ? "no modulus" : `${most}`}`,
      { code: "refused-parameters" },
    )
  }
  if (primes.length < 2) {
    throw new RuntimeError(
      `${printParameters(parameters)} is refused: a data prime and a special prime are needed`,
      { code: "refused-parameters" },
    )
  }
}

export const printParameters = ({ scheme, n, t, primes, security }: Parameters): string =>
  `${scheme} n=${n} t=${t} primes=${primes.join(",")} security=${security}`
