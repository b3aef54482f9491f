import { type Layout, lanesOf, type Plain, type SlotOps, slotOf } from "../../backend/index.ts"
import type { EvaluationKeys } from "./evaluation-keys.ts"
import type { PlainEncoder } from "./plain-encoder.ts"
import { uniformResidues } from "./random.ts"
import type { Scope } from "./scope.ts"
import type { Ciphertext, SealContext } from "./seal-context.ts"

/**
 * An encrypted slot vector. SEAL's products with vectors in the clear want a BFV ciphertext in NTT form and all other
 * operations want it in coefficient form, so a handle holds one or both, converted when first needed.
 * In BGV everything is in NTT form and both are the same object.
 */
export interface Handle {
  coefficients?: Ciphertext
  ntt?: Ciphertext
}

export interface SealOpsSettings {
  readonly context: SealContext
  readonly layout: Layout
  readonly keys: EvaluationKeys
  readonly plains: PlainEncoder
  /** The saved ciphertext of piece `piece` of the input `name`. */
  readonly input: (name: string, piece: number) => Uint8Array
  /** Owns every ciphertext that the operations make. */
  readonly scope: Scope
}

/** Slot operations on SEAL ciphertexts. */
export class SealOps implements SlotOps<Handle> {
  readonly #settings: SealOpsSettings
  readonly #context: SealContext
  readonly #isBgv: boolean

  constructor(settings: SealOpsSettings) {
    this.#settings = settings
    this.#context = settings.context
    this.#isBgv = settings.context.parameters.scheme === "bgv"
  }

  input(name: string, piece: number): Handle {
    const { input, scope } = this.#settings
    return { coefficients: this.#context.loadCiphertext(input(name, piece), scope) }
  }

  add(a: Handle, b: Handle): Handle {
    return this.#sum("add", a, b)
  }

  sub(a: Handle, b: Handle): Handle {
    return this.#sum("sub", a, b)
  }

  negate(a: Handle): Handle {
    const { evaluator } = this.#context
    const form = a.coefficients === undefined ? "ntt" : "coefficients"
    return { [form]: this.#make("negate", (out) => evaluator.negate(a[form]!, out)) }
  }

  multiply(a: Handle, b: Handle): Handle {
    const { evaluator } = this.#context
    const x = this.#coefficients(a)
    if (a === b) return { coefficients: this.#make("square", (out) => evaluator.square(x, out)) }
    const y = this.#coefficients(b)
    return { coefficients: this.#make("multiply", (out) => evaluator.multiply(x, y, out)) }
  }

  relinearize(a: Handle): Handle {
    const x = this.#coefficients(a)
    if (x.size() === 2) return this.#copy(a)
    const { evaluator } = this.#context
    const keys = this.#key("relinearization")
    return { coefficients: this.#make("relinearize", (out) => evaluator.relinearize(x, keys, out)) }
  }

  rotate(a: Handle, steps: number): Handle {
    const { evaluator } = this.#context
    const x = this.#coefficients(a)
    const keys = this.#key("rotations")
    return {
      coefficients: this.#make("rotate", (out) =>
        steps === this.#settings.layout.n / 2
          ? evaluator.rotateColumns(x, keys, out)
          : evaluator.rotateRows(x, steps, keys, out),
      ),
    }
  }

  addPlain(a: Handle, plain: Plain): Handle {
    const { evaluator } = this.#context
    const x = this.#coefficients(a)
    return this.#settings.plains.coefficients(plain, (encoded) => ({
      coefficients: this.#make("addPlain", (out) => evaluator.addPlain(x, encoded, out)),
    }))
  }

  multiplyPlain(a: Handle, plain: Plain): Handle {
    const { evaluator } = this.#context
    const { plains } = this.#settings
    if (plain.kind === "scalar" && !this.#isBgv && a.coefficients !== undefined) {
      // SEAL takes a constant below 0 for t minus it, which would cost log2(t) bits of noise.
      const x = a.coefficients
      const isNegative = plain.value < 0n
      const size: Plain = isNegative ? { kind: "scalar", value: -plain.value } : plain
      return plains.coefficients(size, (encoded) => ({
        coefficients: this.#make("multiplyPlain", (out) => {
          evaluator.multiplyPlain(x, encoded, out)
          if (isNegative) evaluator.negateInplace(out)
        }),
      }))
    }
    const x = this.#ntt(a)
    return plains.transformed(plain, x.coeffModulusSize(), (encoded) =>
      this.#ofNtt(this.#make("multiplyPlain", (out) => evaluator.multiplyPlain(x, encoded, out))),
    )
  }

  dropLevel(a: Handle): Handle {
    const { evaluator } = this.#context
    const x = this.#coefficients(a)
    return { coefficients: this.#make("dropLevel", (out) => evaluator.cipherModSwitchToNext(x, out)) }
  }

  blind(a: Handle, period: number, used: number): Handle {
    const { layout } = this.#settings
    const { evaluator } = this.#context
    const x = this.#coefficients(a)
    using scope = this.#context.scope()
    const mask = this.#context.encode(maskSlots(layout, period, used, this.#context.parameters.t), scope)
    return { coefficients: this.#make("blind", (out) => evaluator.addPlain(x, mask, out)) }
  }

  free(a: Handle): void {
    for (const ciphertext of [a.coefficients, a.ntt]) {
      if (ciphertext !== undefined) this.#settings.scope.free(ciphertext)
    }
  }

  save(a: Handle): Uint8Array {
    return this.#context.save(this.#coefficients(a))
  }

  /** Sums stay in NTT form when both operands have it, so that a sum of products is converted once at its end. */
  #sum(op: "add" | "sub", a: Handle, b: Handle): Handle {
    const { evaluator } = this.#context
    const hasBoth = a.coefficients !== undefined && b.coefficients !== undefined
    if (!hasBoth && a.ntt !== undefined && b.ntt !== undefined) {
      const [x, y] = [a.ntt, b.ntt]
      return { ntt: this.#make(op, (out) => evaluator[op](x, y, out)) }
    }
    const [x, y] = [this.#coefficients(a), this.#coefficients(b)]
    return { coefficients: this.#make(op, (out) => evaluator[op](x, y, out)) }
  }

  #copy(a: Handle): Handle {
    const form = a.coefficients === undefined ? "ntt" : "coefficients"
    return { [form]: this.#make("copy", (out) => out.assign(a[form]!)) }
  }

  #coefficients(a: Handle): Ciphertext {
    const { evaluator } = this.#context
    a.coefficients ??= this.#make("leave NTT form", (out) => evaluator.cipherTransformFromNtt(a.ntt!, out))
    return a.coefficients
  }

  #ntt(a: Handle): Ciphertext {
    if (this.#isBgv) return this.#coefficients(a)
    const { evaluator } = this.#context
    a.ntt ??= this.#make("enter NTT form", (out) => evaluator.cipherTransformToNtt(a.coefficients!, out))
    return a.ntt
  }

  #ofNtt(ciphertext: Ciphertext): Handle {
    return this.#isBgv ? { coefficients: ciphertext } : { ntt: ciphertext }
  }

  #make(doing: string, step: (out: Ciphertext) => void): Ciphertext {
    const out = this.#settings.scope.own(new this.#context.seal.Ciphertext())
    this.#context.call(doing, () => step(out))
    return out
  }

  #key<K extends keyof EvaluationKeys>(kind: K): NonNullable<EvaluationKeys[K]> {
    const key = this.#settings.keys[kind]
    if (key === undefined)
      throw new Error(`unreachable: the circuit needs ${kind} keys, its key set has none`)
    return key
  }
}

const maskSlots = (layout: Layout, period: number, used: number, t: bigint): BigUint64Array => {
  const slots = new BigUint64Array(layout.n)
  const random = uniformResidues(layout.n, t)
  for (let e = 0; e < layout.ring; e++) {
    if (e % period < used) continue
    for (let lane = 0; lane < lanesOf(layout); lane++) {
      const slot = slotOf(layout, e, lane)
      slots[slot] = random[slot]!
    }
  }
  return slots
}
