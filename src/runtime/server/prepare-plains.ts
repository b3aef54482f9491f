import { type Circuit, type Plain, replaySteps, type SlotOps } from "../../backend/index.ts"
import type { PlainCache } from "../seal/plain-cache.ts"
import { PlainEncoder } from "../seal/plain-encoder.ts"
import type { SealContext } from "../seal/seal-context.ts"

/** Milliseconds of computation after which other work is let in. */
const TURN = 100

/**
 * Encodes the constants of a circuit ahead of its first run, in the forms that the run will ask for, as far as they fit in the
 * cache. `primesOf` tells the data primes that an input has, all of them unless given. Gives way to other work about every 100 ms.
 */
export const preparePlains = async (
  context: SealContext,
  circuit: Circuit,
  cache: PlainCache,
  primesOf: (input: string) => number = () => context.parameters.primes.length - 1,
): Promise<void> => {
  using plains = new PlainEncoder(context, circuit.layout, cache, noneGiven)
  let since = performance.now()
  for (const _ of replaySteps(circuit, new FormOps(context, plains, primesOf))) {
    if (performance.now() - since < TURN) continue
    await new Promise((resolve) => setTimeout(resolve))
    since = performance.now()
  }
}

const noneGiven = (): never => {
  throw new Error("unreachable: constants are encoded without values of a run")
}

/** What a handle of `SealOps` holds: which forms, and with how many primes. */
interface Forms {
  coefficients: boolean
  ntt: boolean
  readonly primes: number
}

/** Follows the forms that `SealOps` gives its ciphertexts, without any: what it does to a form is done here too. */
class FormOps implements SlotOps<Forms> {
  readonly #plains: PlainEncoder
  readonly #isBgv: boolean
  readonly #primesOf: (input: string) => number

  constructor({ parameters }: SealContext, plains: PlainEncoder, primesOf: (input: string) => number) {
    this.#plains = plains
    this.#isBgv = parameters.scheme === "bgv"
    this.#primesOf = primesOf
  }

  input(name: string): Forms {
    return coefficients(this.#primesOf(name))
  }

  add(a: Forms, b: Forms): Forms {
    const hasBoth = a.coefficients && b.coefficients
    if (!hasBoth && a.ntt && b.ntt) return ntt(a.primes)
    leaveNtt(b)
    return coefficients(leaveNtt(a).primes)
  }

  sub(a: Forms, b: Forms): Forms {
    return this.add(a, b)
  }

  negate(a: Forms): Forms {
    return sameForm(a)
  }

  multiply(a: Forms, b: Forms): Forms {
    leaveNtt(b)
    return coefficients(leaveNtt(a).primes)
  }

  relinearize(a: Forms): Forms {
    return coefficients(leaveNtt(a).primes)
  }

  rotate(a: Forms): Forms {
    return coefficients(leaveNtt(a).primes)
  }

  addPlain(a: Forms, plain: Plain): Forms {
    if (plain.kind !== "given") this.#plains.prepareCoefficients(plain)
    return coefficients(leaveNtt(a).primes)
  }

  multiplyPlain(a: Forms, plain: Plain): Forms {
    if (plain.kind === "scalar" && !this.#isBgv && a.coefficients) {
      const size = plain.value < 0n ? -plain.value : plain.value
      this.#plains.prepareCoefficients({ kind: "scalar", value: size })
      return coefficients(a.primes)
    }
    if (plain.kind !== "given") this.#plains.prepareTransformed(plain, a.primes)
    if (this.#isBgv) return coefficients(a.primes)
    a.ntt = true
    return ntt(a.primes)
  }

  dropLevel(a: Forms): Forms {
    return coefficients(leaveNtt(a).primes - 1)
  }

  blind(a: Forms): Forms {
    return coefficients(leaveNtt(a).primes)
  }
}

const coefficients = (primes: number): Forms => ({ coefficients: true, ntt: false, primes })
const ntt = (primes: number): Forms => ({ coefficients: false, ntt: true, primes })
const sameForm = ({ coefficients: has, primes }: Forms): Forms => (has ? coefficients(primes) : ntt(primes))

const leaveNtt = (a: Forms): Forms => {
  a.coefficients = true
  return a
}
