import { median } from "../src/runtime/calibrate/median.ts"
import { OPERATIONS, type Operation, SealSteps } from "../src/runtime/calibrate/seal-steps.ts"
import { timeOf } from "./statistics.ts"

/** What a server does, as the compiler prices it, and what else a client and a server do with SEAL. */
export const PRIMITIVES = [
  ...OPERATIONS,
  "encode",
  "vectorToNtt",
  "encrypt",
  "decrypt",
] as const satisfies readonly (Operation | Other)[]
export type Primitive = (typeof PRIMITIVES)[number]
type Other = "encode" | "vectorToNtt" | "encrypt" | "decrypt"

/** Milliseconds of SEAL's operations at full level, one thread. */
export interface PrimitiveTimes {
  readonly scheme: "bfv" | "bgv"
  readonly n: number
  readonly dataPrimes: number
  /** Null where a scheme has no such step: ciphertexts of BGV are always in NTT form. */
  readonly ms: Readonly<Record<Primitive, number | null>>
}

/** Close to design.md's table: 4 data primes at n = 8192 and 8 at 16384, t = 65537. */
const PRIMES: Readonly<Record<number, readonly number[]>> = {
  8192: [42, 43, 43, 43, 43],
  16384: new Array<number>(9).fill(47),
}

/** Medians, the steps in turn, after a first round that is not counted. */
export const measurePrimitives = async (
  scheme: "bfv" | "bgv",
  n: keyof typeof PRIMES,
  repeats: number,
): Promise<PrimitiveTimes> => {
  const primes = PRIMES[n]!
  const dataPrimes = primes.length - 1
  using opened = await SealSteps.create({ scheme, n, t: 65537n, primes, security: 128 })
  const steps: Partial<Record<Primitive, () => void>> = { ...opened.at(dataPrimes), ...otherSteps(opened) }
  const times = new Map<Primitive, number[]>(PRIMITIVES.map((name) => [name, []]))
  for (let round = 0; round <= repeats; round++) {
    for (const name of PRIMITIVES) {
      const step = steps[name]
      if (step === undefined) continue
      const time = timeOf(step)
      if (round > 0) times.get(name)!.push(time)
    }
  }
  const ms = Object.fromEntries(
    PRIMITIVES.map((name) => [name, steps[name] ? median(times.get(name)!) : null]),
  )
  return { scheme, n, dataPrimes, ms: ms as PrimitiveTimes["ms"] }
}

/** What the cost model does not price, by plain calls of SEAL. */
const otherSteps = ({ context }: SealSteps): Record<Other, () => void> => {
  const { seal, native, evaluator, parameters } = context
  const scope = context.scope()
  const generator = new seal.KeyGenerator(native)
  const key = generator.secretKey()
  const encryptor = new seal.Encryptor(native, generator.createPublicKey(), key)
  const decryptor = new seal.Decryptor(native, key)
  const residues = BigUint64Array.from(
    { length: parameters.n },
    (_, i) => (BigInt(i) * 40503n) % parameters.t,
  )
  const plain = context.encode(residues, scope)
  const transformed = new seal.Plaintext()
  const decrypted = new seal.Plaintext()
  const ciphertext = new seal.Ciphertext()
  encryptor.encryptSymmetric(plain, ciphertext)
  const level = ciphertext.parmsId()
  return {
    encode: () => scope.free(context.encode(residues, scope)),
    vectorToNtt: () => evaluator.plainTransformToNtt(plain, level, transformed),
    encrypt: () => encryptor.encryptSymmetric(plain, ciphertext),
    decrypt: () => decryptor.decrypt(ciphertext, decrypted),
  }
}
