import { sizeOf } from "../../data/index.ts"
import { opDef } from "../ops/index.ts"
import { eachRow, matmulPlan, summedAxes, sumPlan } from "../ops/reduction.ts"
import { tableSize } from "../ops/table.ts"
import type { Node, NodeOf } from "../program.ts"
import { broadcastIndices, type Shape } from "../type.ts"
import { boundForm, MOST_FORMS } from "./bound-form.ts"
import { choiceOf } from "./choice-of.ts"
import {
  type Atom,
  atomForm,
  columnForm,
  columnOf,
  constantForm,
  type Facts,
  type Form,
  plusTimes,
  type Range,
} from "./form.ts"
import { isLong, MOST_MAGNITUDE, MOST_VALUES, magnitudeOf } from "./form-limits.ts"
import { productFacts, productOf } from "./product-form.ts"
import { isTheorem } from "./theorem.ts"

/** Larger tensors and longer sums are not written as forms. */
const MOST_ELEMENTS = 4096
const MOST_TERMS = 64
/** The most terms and values that are written down for one program, so that a long one is not traced noticeably slower. */
const MOST_WORK = 2 ** 19

/** The elements of nodes as forms: sums of functions of single elements of the nodes below, as far as they are that. */
export class Forms {
  readonly #known = new WeakMap<Node, readonly Form[] | null>()
  #atoms = 0
  #left = MOST_WORK

  /** The range of each element; undefined where nothing is known that the types of the operands do not say. */
  ranges(node: Node): readonly Range[] | undefined {
    const forms = this.#make(node)
    if (forms === undefined || !forms.some(({ terms }) => terms.size > 0)) return undefined
    const known = new Map<Form, Range>()
    return forms.map((form) => {
      const same = known.get(form)
      if (same !== undefined) return same
      const budget = { left: MOST_FORMS }
      const range = boundForm(form, budget)
      this.#left -= 64 * (MOST_FORMS - budget.left)
      known.set(form, range)
      return range
    })
  }

  /** The elements of a node in row-major order. Of real nodes only functions of one integer are known. */
  of(node: Node): readonly Form[] | undefined {
    const known = this.#known.get(node)
    if (known !== undefined) return known ?? undefined
    const forms = this.#make(node) ?? this.#opaque(node)
    this.#known.set(node, forms ?? null)
    return forms
  }

  #make(node: Node): readonly Form[] | undefined {
    if (sizeOf(node.type.shape) > MOST_ELEMENTS || this.#left < 0) return undefined
    const forms = this.#formsOf(node)
    if (forms === undefined) return undefined
    for (const form of forms) {
      this.#left -= 1 + form.terms.size
      if (form.terms.size > MOST_TERMS || !(magnitudeOf(form) <= MOST_MAGNITUDE)) return undefined
    }
    return forms
  }

  /** Every element as a variable of its own. */
  #opaque(node: Node, factsOf: (element: number) => Facts = () => ({})): readonly Form[] | undefined {
    const { type } = node
    const size = sizeOf(type.shape)
    if (type.kind === "real" || size > MOST_ELEMENTS || this.#left < 0) return undefined
    if (type.lo < -MOST_MAGNITUDE || type.hi > MOST_MAGNITUDE) return undefined
    this.#left -= size
    return Array.from({ length: size }, (_, element) => {
      let facts: Facts | undefined
      const atom: Atom = {
        node,
        element,
        id: this.#atoms++,
        lo: Number(type.each?.lo[element] ?? type.lo),
        hi: Number(type.each?.hi[element] ?? type.hi),
        facts: () => {
          facts ??= factsOf(element)
          return facts
        },
      }
      return atomForm(atom)
    })
  }

  #formsOf(node: Node): readonly Form[] | undefined {
    switch (node.op) {
      case "constant":
        return Array.from(node.attrs.value.values as ArrayLike<number | bigint>, (v) =>
          constantForm(Number(v)),
        )
      case "add":
        return this.#zip(node, (a, b) => plusTimes(a, b, 1))
      case "sub":
        return this.#zip(node, (a, b) => plusTimes(a, b, -1))
      case "neg":
        return this.of(node.operands[0]!)?.map((a) => plusTimes(constantForm(0), a, -1))
      case "mul":
        return this.#products(node)
      case "reshape":
      case "transpose":
      case "broadcast":
      case "gather":
      case "concat":
        return this.#moved(node)
      case "sum":
        return this.#sums(node)
      case "matmul":
        return this.#matrixProduct(node)
      case "apply":
      case "table":
        return this.#functions(node)
      case "assume":
        return this.#assumed(node)
      default:
        return undefined
    }
  }

  /** The forms of the operands at each element of the result. */
  #aligned(node: Node): readonly (readonly Form[])[] | undefined {
    const operands = node.operands.map((operand) => this.of(operand))
    if (!operands.every((forms) => forms !== undefined)) return undefined
    return operands.map((forms, k) => broadcasted(forms, node.operands[k]!.type.shape, node.type.shape))
  }

  #zip(node: Node, of: (a: Form, b: Form, element: number) => Form): readonly Form[] | undefined {
    const [a, b] = this.#aligned(node) ?? []
    return a?.map((form, i) => of(form, b![i]!, i))
  }

  #products(node: Node): readonly Form[] | undefined {
    const [a, b] = this.#aligned(node) ?? []
    if (a === undefined) return undefined
    const opaque = this.#opaque(node, (element) => productFacts(a[element]!, b![element]!))
    const forms = a.map((f, i) => productOf(f, b![i]!) ?? opaque?.[i])
    return forms.every((form) => form !== undefined) ? forms : undefined
  }

  #moved(node: Node): readonly Form[] | undefined {
    const operands = node.operands.map((operand) => this.of(operand))
    if (!operands.every((forms) => forms !== undefined)) return undefined
    let from = 0
    const numbered = node.operands.map(({ type }, k) => {
      const first = from
      from += operands[k]!.length
      return { type, values: Float64Array.from(operands[k]!, (_, i) => first + i) }
    })
    const all = operands.flat()
    const places = opDef(node.op).evaluate(numbered, node.attrs as never, PLACES)
    return Array.from(places as ArrayLike<number>, (place) => all[Number(place)]!)
  }

  #sums(node: NodeOf<"sum">): readonly Form[] | undefined {
    const forms = this.of(node.operands[0]!)
    if (forms === undefined) return undefined
    const { shape } = node.operands[0]!.type
    const { bases, offsets } = sumPlan(shape, summedAxes(node.attrs, shape))
    if (offsets.length > MOST_TERMS) return undefined
    return Array.from(bases, (base) =>
      Array.from(offsets).reduce((sum, offset) => plusTimes(sum, forms[base + offset]!, 1), constantForm(0)),
    )
  }

  #matrixProduct(node: Node): readonly Form[] | undefined {
    const [a, b] = node.operands as [Node, Node]
    const plan = matmulPlan(a.type.shape, b.type.shape)
    if (plan.inner > MOST_TERMS || (a.op !== "constant" && b.op !== "constant")) return undefined
    const [x, y] = [this.of(a), this.of(b)]
    if (x === undefined || y === undefined) return undefined
    const sums = new Array<Form>(sizeOf(plan.shape)).fill(constantForm(0))
    eachRow(plan, (out, left, right) => {
      for (let c = 0; c < plan.columns; c++) {
        const [f, g] = a.op === "constant" ? [y[right + c]!, x[left]!] : [x[left]!, y[right + c]!]
        sums[out + c] = plusTimes(sums[out + c]!, f, g.constant)
      }
    })
    return sums
  }

  /** Functions of one element of something are columns; others are variables with what their shape tells. */
  #functions(node: NodeOf<"apply"> | NodeOf<"table">): readonly Form[] | undefined {
    const parts = this.#aligned(node)
    if (parts === undefined) return undefined
    const known = new Map<string, Form>()
    const names = new Map<Form, number>()
    const nameOf = (form: Form): number => {
      if (!names.has(form)) names.set(form, names.size)
      return names.get(form)!
    }
    const opaque = this.#opaque(node, (element) =>
      choiceOf(
        node,
        parts.map((forms) => forms[element]!),
      ),
    )
    const forms = Array.from({ length: sizeOf(node.type.shape) }, (_, i) => {
      const operands = parts.map((each) => each[i]!)
      const table = node.op === "table" && node.attrs.index ? node.attrs.index.values[i] : 0
      const key = `${table} ${operands.map(nameOf).join()}`
      const form = known.get(key) ?? this.#functionOf(node, operands, i) ?? opaque?.[i]
      if (form !== undefined && form !== opaque?.[i]) known.set(key, form)
      return form
    })
    return forms.every((form) => form !== undefined) ? forms : undefined
  }

  #functionOf(
    node: NodeOf<"apply"> | NodeOf<"table">,
    operands: readonly Form[],
    element: number,
  ): Form | undefined {
    const columns = operands.map((form) => (isLong(form) ? undefined : columnOf(form)))
    if (!columns.every((column) => column !== undefined)) return undefined
    const atoms = new Set(columns.flatMap(({ atom }) => atom ?? []))
    const [atom] = atoms
    if (atoms.size !== 1 || atom!.hi - atom!.lo >= MOST_VALUES) return undefined
    const values = new Float64Array(atom!.hi - atom!.lo + 1)
    this.#left -= values.length
    const { lo, hi, kind } = node.type
    for (let i = 0; i < values.length; i++) {
      const point = columns.map(({ column }) => column[column.length === 1 ? 0 : i]!)
      const value = node.op === "apply" ? node.attrs.expr.evaluate(point) : lookup(node, point[0]!, element)
      // Where an integer lies outside its proved range, no input leads to it.
      values[i] = kind === "real" ? value : Math.min(Math.max(value || 0, Number(lo)), Number(hi))
    }
    return values.every(Number.isFinite) ? columnForm(atom!, values) : undefined
  }

  /** A value with a range that a theorem gives it. */
  #assumed(node: NodeOf<"assume">): readonly Form[] | undefined {
    if (!isTheorem(node)) return undefined
    const { by } = node.attrs
    const [narrowed] = node.operands as [Node]
    const isSaid = narrowed.op === "assume" && narrowed.attrs.by === RELATED
    const operand = isSaid ? narrowed.operands[0]! : narrowed
    if ((by === "maximum" || by === "minimum") && operand.op === "add") {
      // max(x, y) is written x + max(y - x, 0).
      const [x, step] = operand.operands as [Node, Node]
      const difference = step.operands[0]
      if (step.op === "apply" && difference?.op === "sub" && difference.operands[1] === x) {
        const kind = by === "maximum" ? "max" : "min"
        return this.#chosen(node, kind, [x, difference.operands[0]!])
      }
    }
    if (SELECTIONS.has(by) && operand.op === "sum" && operand.operands[0]!.op === "mul") {
      return this.#chosenAlong(node, by === "max" ? "max" : "one", operand)
    }
    const forms = this.of(operand)
    const isSimple = by === "where" || by === RELATED || forms?.every(({ terms }) => terms.size < 2)
    return isSimple ? forms : undefined
  }

  /** One of the elements of several nodes that broadcast to it. */
  #chosen(node: Node, kind: "max" | "min", choices: readonly Node[]): readonly Form[] | undefined {
    return this.#opaque(node, (element) => {
      const forms = choices.map((choice) => {
        const own = this.of(choice)
        return own && broadcasted(own, choice.type.shape, node.type.shape)[element]
      })
      return forms.every((form) => form !== undefined) ? { choice: { kind, forms } } : {}
    })
  }

  /** One of the elements that a sum along an axis takes, the mask being its first factor. */
  #chosenAlong(node: Node, kind: "max" | "one", sum: NodeOf<"sum">): readonly Form[] | undefined {
    const product = sum.operands[0]!
    const lines = product.operands[1]!
    const { bases, offsets } = sumPlan(product.type.shape, summedAxes(sum.attrs, product.type.shape))
    let all: readonly Form[] | undefined | null = null
    return this.#opaque(node, (element) => {
      if (all === null) {
        const own = this.of(lines)
        all = own && broadcasted(own, lines.type.shape, product.type.shape)
      }
      if (all === undefined || offsets.length > MOST_TERMS) return {}
      return { choice: { kind, forms: Array.from(offsets, (offset) => all![bases[element]! + offset]!) } }
    })
  }
}

/** The word for a range that follows from how operands are related. */
export const RELATED = "related"

/** The theorems about a sum of products by a mask that holds a single 1. */
const SELECTIONS = new Set(["max", "argmax", "median", "selection", "choose", "sort"])

/** Stands for the type of numbers of places. */
const PLACES = { kind: "real", secret: false, lo: 0, hi: 0, shape: [] } as const

const broadcasted = (forms: readonly Form[], from: Shape, to: Shape): readonly Form[] =>
  from.join() === to.join() ? forms : Array.from(broadcastIndices(from, to), (i) => forms[i]!)

const lookup = ({ attrs }: NodeOf<"table">, value: number, element: number): number => {
  const { lo, entries, index } = attrs
  const size = tableSize(attrs)
  const place = Math.min(Math.max(value - Number(lo), 0), size - 1)
  return Number(entries.values[Number(index?.values[element] ?? 0) * size + place]!)
}
