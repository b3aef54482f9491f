import initialize, {
  type BatchEncoder,
  type Ciphertext,
  type Decryptor,
  type EncryptionParameters,
  type Encryptor,
  type Evaluator,
  type KeyGenerator,
  type MainModule,
  type ParmsIdType,
  type Plaintext,
  type SEALContext,
} from "node-seal/allows"

export type { Ciphertext, GaloisKeys, ParmsIdType, Plaintext, RelinKeys } from "node-seal/allows"

export interface Settings {
  readonly scheme: "bfv" | "bgv"
  readonly n: number
  readonly t: bigint
  /** Bits of each prime, the special prime last; SEAL's own choice for 128 bits of security without it. */
  readonly primes?: readonly number[]
}

/** node-seal set up for one choice of parameters, used directly: what Lutra is measured against. */
export interface Seal {
  readonly seal: MainModule
  readonly context: SEALContext
  readonly generator: KeyGenerator
  readonly encoder: BatchEncoder
  readonly encryptor: Encryptor
  readonly decryptor: Decryptor
  readonly evaluator: Evaluator
  readonly n: number
  readonly t: bigint
  /** SEAL's names of the data levels: entry l has l + 1 primes. */
  readonly levels: readonly ParmsIdType[]
  /** Bits of the modulus at each level. */
  readonly levelBits: readonly number[]
  /** A plaintext with these integers, each taken mod t, in its slots. */
  encode(slots: ArrayLike<number>): Plaintext
  encrypt(slots: ArrayLike<number>): Ciphertext
  /** The slots as integers around 0. Throws when noise has drowned them. */
  decrypt(ciphertext: Ciphertext): number[]
}

/** Loads a WASM instance of its own, whose memory goes with it. */
export const openSeal = async ({ scheme, n, t, primes }: Settings): Promise<Seal> => {
  const seal = await initialize({ printErr: () => {} })
  const settings: EncryptionParameters = new seal.EncryptionParameters(seal.SchemeType[scheme])
  const security = seal.SecLevelType.tc128
  settings.setPolyModulusDegree(n)
  settings.setCoeffModulus(
    primes === undefined
      ? seal.CoeffModulus.BFVDefault(n, security)
      : seal.CoeffModulus.Create(n, Int32Array.from(primes)),
  )
  settings.setPlainModulus(new seal.Modulus(t))
  const context = new seal.SEALContext(settings, true, security)
  if (!context.parametersSet()) throw new Error(`SEAL refuses ${scheme} n=${n} t=${t} primes=${primes}`)

  const generator = new seal.KeyGenerator(context)
  const encryptor = new seal.Encryptor(context, generator.createPublicKey(), generator.secretKey())
  const decryptor = new seal.Decryptor(context, generator.secretKey())
  const evaluator = new seal.Evaluator(context)
  const encoder = new seal.BatchEncoder(context)

  const levels: ParmsIdType[] = []
  const levelBits: number[] = []
  for (let data = context.firstContextData(); ; data = data.nextContextData()) {
    levels[data.chainIndex()] = data.parmsId()
    levelBits[data.chainIndex()] = data.totalCoeffModulusBitCount()
    if (data.chainIndex() === 0) break
  }

  const encode = (slots: ArrayLike<number>): Plaintext => {
    const plain = new seal.Plaintext()
    const residues = BigUint64Array.from(slots, (value) => ((BigInt(value) % t) + t) % t)
    encoder.encode(residues, plain)
    return plain
  }
  const encrypt = (slots: ArrayLike<number>): Ciphertext => {
    const plain = encode(slots)
    const ciphertext = new seal.Ciphertext()
    encryptor.encryptSymmetric(plain, ciphertext)
    plain.delete()
    return ciphertext
  }
  const decrypt = (ciphertext: Ciphertext): number[] => {
    if (decryptor.invariantNoiseBudget(ciphertext) < 1) throw new Error("the noise budget is used up")
    const plain = new seal.Plaintext()
    decryptor.decrypt(ciphertext, plain)
    const slots: BigInt64Array = encoder.decodeBigInt64(plain)
    plain.delete()
    return Array.from(slots, Number)
  }
  return {
    seal,
    context,
    generator,
    encoder,
    encryptor,
    decryptor,
    evaluator,
    n,
    t,
    levels,
    levelBits,
    encode,
    encrypt,
    decrypt,
  }
}
