import { type Ciphertext, openSeal, type Seal } from "./seal.ts"
import { medianTime } from "./statistics.ts"

export const PRIMITIVES = [
  "multiply",
  "square",
  "relinearize",
  "rotate",
  "plain product, NTT form",
  "scalar product",
  "add",
  "drop a level",
  "plaintext to NTT form",
  "ciphertext to NTT form",
  "ciphertext from NTT form",
  "encode",
  "encrypt",
  "decrypt",
] as const
export type Primitive = (typeof PRIMITIVES)[number]

/** Milliseconds of SEAL's operations at full level, one thread. */
export interface PrimitiveTimes {
  readonly scheme: "bfv" | "bgv"
  readonly n: number
  readonly dataPrimes: number
  /** Null where a scheme has no such step: ciphertexts of BGV are always in NTT form. */
  readonly ms: Readonly<Record<Primitive, number | null>>
}

/** The settings of design.md's table: SEAL's default moduli, 4 data primes at n = 8192 and 8 at 16384, t = 65537. */
export const measurePrimitives = async (
  scheme: "bfv" | "bgv",
  n: number,
  repeats: number,
): Promise<PrimitiveTimes> => {
  const seal = await openSeal({ scheme, n, t: 65537n })
  return { scheme, n, dataPrimes: seal.levels.length, ms: timesOf(seal, scheme, repeats) }
}

const timesOf = (opened: Seal, scheme: "bfv" | "bgv", repeats: number): PrimitiveTimes["ms"] => {
  const { seal, generator, encryptor, decryptor, evaluator, encoder, n, t } = opened
  const relinearizationKey = generator.createRelinKeys()
  const rotationKeys = generator.createGaloisKeysWithSteps(Int32Array.of(1))
  const residues = BigUint64Array.from({ length: n }, (_, i) => (BigInt(i) * 40503n) % t)
  const plain = new seal.Plaintext()
  encoder.encode(residues, plain)
  const scalar = opened.encode(new Array(n).fill(12345))
  scalar.resize(1)
  const [a, b, out, product] = Array.from({ length: 4 }, () => new seal.Ciphertext()) as [
    Ciphertext,
    Ciphertext,
    Ciphertext,
    Ciphertext,
  ]
  encryptor.encrypt(plain, a)
  encryptor.encrypt(plain, b)
  evaluator.multiply(a, b, product)
  const level = a.parmsId()
  const transformedPlain = new seal.Plaintext()
  evaluator.plainTransformToNtt(plain, level, transformedPlain)
  const transformed = a.copy()
  if (scheme === "bfv") evaluator.cipherTransformToNttInplace(transformed)

  const time = (step: () => void): number => medianTime(step, repeats)
  const onlyBfv = (step: () => void): number | null => (scheme === "bfv" ? time(step) : null)
  return {
    multiply: time(() => evaluator.multiply(a, b, out)),
    square: time(() => evaluator.square(a, out)),
    relinearize: time(() => evaluator.relinearize(product, relinearizationKey, out)),
    rotate: time(() => evaluator.rotateRows(a, 1, rotationKeys, out)),
    "plain product, NTT form": time(() => evaluator.multiplyPlain(transformed, transformedPlain, out)),
    "scalar product": time(() => evaluator.multiplyPlain(a, scalar, out)),
    add: time(() => evaluator.add(a, b, out)),
    "drop a level": time(() => evaluator.cipherModSwitchToNext(a, out)),
    "plaintext to NTT form": time(() => evaluator.plainTransformToNtt(plain, level, transformedPlain)),
    "ciphertext to NTT form": onlyBfv(() => evaluator.cipherTransformToNtt(a, out)),
    "ciphertext from NTT form": onlyBfv(() => evaluator.cipherTransformFromNtt(transformed, out)),
    encode: time(() => encoder.encode(residues, plain)),
    encrypt: time(() => encryptor.encryptSymmetric(plain, out)),
    decrypt: time(() => decryptor.decrypt(a, plain)),
  }
}
