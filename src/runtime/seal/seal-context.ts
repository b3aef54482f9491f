import type {
  BatchEncoder,
  Ciphertext,
  Evaluator,
  MainModule,
  ParmsIdType,
  Plaintext,
  SEALContext,
} from "node-seal/allows"
import type { Parameters } from "../../backend/index.ts"
import { checkArguments, checkOptions, form, forms, RuntimeError } from "../../data/index.ts"
import type { LevelIds } from "../messages/message-rules.ts"
import { checkSecurity, printParameters } from "./check-parameters.ts"
import { failureText, loadSeal, type SealOptions } from "./load-seal.ts"
import { type Census, Scope } from "./scope.ts"
import { wipeSaved } from "./wipe-saved.ts"

export type {
  Ciphertext,
  Decryptor,
  Encryptor,
  GaloisKeys,
  KeyGenerator,
  Plaintext,
  RelinKeys,
  SecretKey,
} from "node-seal/allows"

export type { SealOptions } from "./load-seal.ts"

/**
 * SEAL set up for one choice of parameters: 0.5 s at n = 8192, 3 s at 16384, so client and server of one process may
 * share one. Each has a WASM instance of its own, whose memory never shrinks but goes with the context.
 * Whoever creates a context disposes it.
 */
export class SealContext implements Disposable {
  /**
   * Throws RuntimeError when the parameters are less secure than they claim or SEAL refuses them, and where
   * the platform cannot load SEAL.
   */
  static async create(
    parameters: Parameters,
    options: SealOptions = {},
    ...surplus: []
  ): Promise<SealContext> {
    const given = [parameters, options, ...surplus]
    checkArguments("a context", given, { parameters: parametersForm, options: forms.anything }, RuntimeError)
    checkOptions<SealOptions>("a context", options, { wasmUrl: urlForm }, RuntimeError)
    checkSecurity(parameters)
    const { seal, memory } = await loadSeal(options)
    return new SealContext(seal, memory, parameters)
  }

  readonly parameters: Parameters
  readonly seal: MainModule
  readonly evaluator: Evaluator
  readonly native: SEALContext
  /** The modulus chain: its primes and SEAL's names of its levels. */
  readonly levelIds: LevelIds
  readonly #encoder: BatchEncoder
  readonly #levels: readonly ParmsIdType[]
  readonly #memory: WebAssembly.Memory | undefined
  readonly #census: Census = { live: 0 }
  readonly #own: Scope
  #isDisposed = false

  private constructor(seal: MainModule, memory: WebAssembly.Memory | undefined, parameters: Parameters) {
    this.seal = seal
    this.#memory = memory
    this.parameters = parameters
    this.#own = this.scope()
    try {
      this.native = this.call("set up the parameters", () => this.#createNative())
      this.evaluator = this.#own.own(new seal.Evaluator(this.native))
      this.#encoder = this.#own.own(new seal.BatchEncoder(this.native))
      this.#levels = this.#listLevels()
      const key = this.#own.own(this.native.keyParmsId())
      this.levelIds = {
        primes: this.#listPrimes(),
        key: levelId(key),
        data: (primes) => levelId(this.#level(primes)),
      }
    } catch (error) {
      this[Symbol.dispose]()
      throw error
    }
  }

  /** WASM objects that are alive: the context's own and those of every scope of it. */
  get liveObjects(): number {
    return this.#census.live
  }

  /** A scope whose objects count as this context's. */
  scope(): Scope {
    return new Scope(this.#census)
  }

  /** Runs a step of SEAL; whatever it throws becomes a RuntimeError "SEAL could not `doing`". */
  call<T>(doing: string, step: () => T): T {
    if (this.#isDisposed)
      throw new RuntimeError(`cannot ${doing}: the SEAL context is disposed`, { code: "disposed" })
    try {
      return step()
    } catch (error) {
      if (error instanceof RuntimeError) throw error
      throw new RuntimeError(explainFailure(doing, error), {
        // What SEAL cannot read was given as bytes; everything else that it cannot do is a failure of its own.
        code: doing.startsWith("read ") ? "damaged" : "internal",
        cause: error,
      })
    }
  }

  /** A plaintext with these residues mod t in its slots. */
  encode(residues: BigUint64Array, scope: Scope): Plaintext {
    const plain = scope.own(new this.seal.Plaintext())
    this.call("encode slots", () => this.#encoder.encode(residues, plain))
    return plain
  }

  /** A plaintext with the same residue in every slot: a constant polynomial, which SEAL multiplies by much faster. */
  encodeConstant(residue: bigint, scope: Scope): Plaintext {
    const plain = this.encode(new BigUint64Array(this.parameters.n).fill(residue), scope)
    plain.resize(1)
    plain.shrinkToFit()
    return plain
  }

  /** The residues mod t in the slots of a plaintext. */
  decode(plain: Plaintext): BigInt64Array {
    const residues: BigUint64Array = this.call("decode slots", () => this.#encoder.decodeBigUint64(plain))
    return new BigInt64Array(residues.buffer, residues.byteOffset, residues.length)
  }

  /** Turns a plaintext into the form that ciphertexts in NTT form with so many primes are multiplied by. */
  transform(plain: Plaintext, primes: number): void {
    this.call("transform a plaintext", () => {
      this.evaluator.plainTransformToNttInplace(plain, this.#level(primes))
    })
  }

  loadCiphertext(bytes: Uint8Array, scope: Scope): Ciphertext {
    const ciphertext = scope.own(new this.seal.Ciphertext())
    this.call("read a ciphertext", () => ciphertext.loadFromArray(this.native, bytes))
    return ciphertext
  }

  /** The bytes of a SEAL object, uncompressed. */
  save(object: { saveToArray(mode: MainModule["ComprModeType"]["none"]): Uint8Array }): Uint8Array {
    return this.call("save an object", () => object.saveToArray(this.seal.ComprModeType.none))
  }

  /** Overwrites what saving or loading a secret key has left of its bytes in WASM. */
  wipeSaved(key: Uint8Array): void {
    if (this.#memory !== undefined) wipeSaved(this.#memory, key)
  }

  /** Throws RuntimeError when this context was made for other parameters. */
  checkParameters(parameters: Parameters): void {
    const mine = printParameters(this.parameters)
    const needed = printParameters(parameters)
    if (mine !== needed) {
      throw new RuntimeError(`the SEAL context was made for ${mine} where the program needs ${needed}`, {
        code: "wrong-argument",
      })
    }
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true
    this.#own[Symbol.dispose]()
  }

  dispose(): void {
    this[Symbol.dispose]()
  }

  #createNative(): SEALContext {
    using scope = this.scope()
    const { SchemeType, SecLevelType, CoeffModulus, EncryptionParameters, Modulus } = this.seal
    const { scheme, n, t, primes, security } = this.parameters
    const settings = scope.own(new EncryptionParameters(SchemeType[scheme]))
    settings.setPolyModulusDegree(n)
    settings.setCoeffModulus(scope.own(CoeffModulus.Create(n, Int32Array.from(primes))))
    settings.setPlainModulus(scope.own(new Modulus(t)))
    const level = { 128: SecLevelType.tc128, 192: SecLevelType.tc192, 256: SecLevelType.tc256 }[security]
    const native = this.#own.own(new this.seal.SEALContext(settings, true, level))
    if (!native.parametersSet())
      throw new RuntimeError(`SEAL refuses ${printParameters(this.parameters)}`, {
        code: "refused-parameters",
      })
    const first = scope.own(native.firstContextData())
    if (!scope.own(first.qualifiers()).usingBatching) {
      throw new RuntimeError(
        `t = ${t} has no slots at n = ${n}: a prime congruent to 1 mod ${2 * n} is needed`,
        { code: "refused-parameters" },
      )
    }
    return native
  }

  /** The primes of the modulus chain, the special one last. */
  #listPrimes(): bigint[] {
    using scope = this.scope()
    const data = scope.own(this.native.keyContextData())
    const moduli = scope.own(scope.own(data.parms()).coeffModulus())
    return Array.from({ length: moduli.size() }, (_, i) => scope.own(moduli.get(i)!).value())
  }

  /** SEAL's names of the data levels; entry k - 1 is that with k primes. */
  #listLevels(): ParmsIdType[] {
    using scope = this.scope()
    const ids: ParmsIdType[] = []
    let data = scope.own(this.native.firstContextData())
    for (let primes = this.parameters.primes.length - 1; primes > 0; primes--) {
      ids.unshift(this.#own.own(data.parmsId()))
      if (primes > 1) data = scope.own(data.nextContextData())
    }
    return ids
  }

  #level(primes: number): ParmsIdType {
    const id = this.#levels[primes - 1]
    if (id === undefined) throw new Error(`unreachable: no level has ${primes} primes`)
    return id
  }
}

/** A SEAL context, for whoever checks what they are given. */
export const contextForm = form<SealContext>(
  "what SealContext.create gives",
  (value) => typeof value === "object" && value !== null && "checkParameters" in value,
)

/** An address as options take it. */
export const urlForm = form<string | URL>(
  "text or a URL",
  (value) => typeof value === "string" || value instanceof URL,
)

const parametersForm = form<Parameters>(
  "the parameters of a program or a module",
  (value) => typeof value === "object" && value !== null && "primes" in value,
)

const levelId = (id: ParmsIdType): Uint8Array => {
  const bytes = new Uint8Array(32)
  const view = new DataView(bytes.buffer)
  const words: BigUint64Array = id.values()
  for (const [i, word] of words.entries()) view.setBigUint64(8 * i, word, true)
  return bytes
}

const explainFailure = (doing: string, error: unknown): string =>
  `SEAL could not ${doing}: ${failureText(error)}`
