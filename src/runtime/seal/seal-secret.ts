import type { KeySet } from "../../backend/circuit/parameters.ts"
import { RuntimeError } from "../../data/index.ts"
import type { KeyFailures } from "../client/key-failures.ts"
import type { Scope } from "./scope.ts"
import type {
  Ciphertext,
  Decryptor,
  Encryptor,
  KeyGenerator,
  SealContext,
  SecretKey,
} from "./seal-context.ts"

/** A secret key and what only its holder can do. All bytes are SEAL's, uncompressed; all slots are residues mod t. */
export class SealSecret implements Disposable {
  readonly #context: SealContext
  readonly #scope: Scope
  readonly #key: SecretKey
  readonly #generator: KeyGenerator
  readonly #encryptor: Encryptor
  readonly #decryptor: Decryptor

  readonly #failures: KeyFailures

  /** A new key, or the one in `saved`; failed decryptions are counted in `failures`. */
  constructor(context: SealContext, failures: KeyFailures, saved?: Uint8Array) {
    this.#context = context
    this.#failures = failures
    const scope = context.scope()
    this.#scope = scope
    const { seal, native } = context
    try {
      const key = saved === undefined ? undefined : scope.own(new seal.SecretKey())
      if (saved !== undefined) {
        try {
          context.call("read a secret key", () => key!.loadFromArray(native, saved))
        } finally {
          context.wipeSaved(saved)
        }
      }
      const make = () => (key ? new seal.KeyGenerator(native, key) : new seal.KeyGenerator(native))
      this.#generator = scope.own(context.call("generate a secret key", make))
      this.#key = key ?? scope.own(this.#generator.secretKey())
      // The constructor of Encryptor asks for a public key, which symmetric encryption does not use.
      const unused = scope.own(context.call("generate a key", () => this.#generator.createPublicKey()))
      this.#encryptor = scope.own(new seal.Encryptor(native, unused, this.#key))
      scope.free(unused)
      this.#decryptor = scope.own(new seal.Decryptor(native, this.#key))
    } catch (error) {
      this[Symbol.dispose]()
      throw error
    }
  }

  /** A symmetric encryption: its second part is a seed, which halves it. */
  encrypt(residues: BigUint64Array): Uint8Array {
    using scope = this.#context.scope()
    const plain = this.#context.encode(residues, scope)
    const encrypt = () => this.#encryptor.encryptSymmetricSerializable(plain)
    return this.#context.save(scope.own(this.#context.call("encrypt", encrypt)))
  }

  /**
   * Throws RuntimeError when noise has drowned the value, so that its decryption would be garbage, which counts as a failure of the
   * key; and for a key that has failed too often.
   */
  decrypt(bytes: Uint8Array): BigInt64Array {
    this.#failures.check()
    using scope = this.#context.scope()
    const ciphertext = this.#context.loadCiphertext(bytes, scope)
    if (this.#budget(ciphertext) < 1) {
      this.#failures.add()
      throw new RuntimeError(
        "this reply was made for another secret key, or the noise budget of a result is used up: it cannot be decrypted\n" +
          "decrypt with the client whose request and evaluation keys the server was given; if this is that client, the server " +
          "computed something else, or the program needs a larger `margin`",
        { code: "undecryptable" },
      )
    }
    const plain = scope.own(new this.#context.seal.Plaintext())
    this.#context.call("decrypt", () => this.#decryptor.decrypt(ciphertext, plain))
    return this.#context.decode(plain)
  }

  /** Bits of noise that a ciphertext can still take; 0 when it is spoilt. */
  noiseBudget(bytes: Uint8Array): number {
    using scope = this.#context.scope()
    return this.#budget(this.#context.loadCiphertext(bytes, scope))
  }

  /** The saved keys of a set: the relinearization key and the rotation keys, each if it is in the set. */
  evaluationKeys({ relinearization, rotations }: KeySet): Uint8Array[] {
    return [
      ...(relinearization ? [this.#relinearizationKey()] : []),
      ...(rotations.length > 0 ? [this.#rotationKeys(rotations)] : []),
    ]
  }

  #relinearizationKey(): Uint8Array {
    using scope = this.#context.scope()
    const make = () => this.#generator.createRelinKeysSerializable()
    return this.#context.save(scope.own(this.#context.call("generate the relinearization key", make)))
  }

  #rotationKeys(steps: readonly number[]): Uint8Array {
    using scope = this.#context.scope()
    // SEAL calls the exchange of the rows step 0.
    const list = Int32Array.from(steps, (step) => step % (this.#context.parameters.n / 2))
    const make = () => this.#generator.createGaloisKeysSerializableWithSteps(list)
    return this.#context.save(scope.own(this.#context.call("generate the rotation keys", make)))
  }

  save(): Uint8Array {
    const saved = this.#context.save(this.#key)
    this.#context.wipeSaved(saved)
    return saved
  }

  [Symbol.dispose](): void {
    this.#scope[Symbol.dispose]()
  }

  #budget(ciphertext: Ciphertext): number {
    return this.#context.call("measure noise", () => this.#decryptor.invariantNoiseBudget(ciphertext))
  }
}
