import { form, ProgramError } from "../data/index.ts"
import { refine, type TakeRoom } from "./bounds.ts"
import { explain } from "./explain.ts"
import { type Literal, sameLiteral } from "./literal/literal.ts"
import { sameMatrix } from "./literal/matrix.ts"
import { type AttrKinds, type AttrSpec, type AttrsOf, attrKind } from "./op.ts"
import { type OpName, type Ops, opDef } from "./ops/index.ts"
import { applyType, tableSize } from "./ops/table.ts"
import { imageOf } from "./ranges/image.ts"
import { whyUnbounded } from "./ranges/why-unbounded.ts"
import { max, min, printType, type Type } from "./type.ts"

/** One operation of a program: frozen, made only by a Builder, equal nodes of one builder are the same object. */
export interface NodeOf<O extends OpName> {
  readonly op: O
  readonly operands: readonly Node[]
  readonly attrs: AttrsOf<Ops[O]["attrs"]>
  readonly type: Type
}
export type Node = { [O in OpName]: NodeOf<O> }[OpName]

/** Where in the user's source a node was traced, for messages; kept beside the nodes because equal nodes are shared. */
export type Origins = WeakMap<Node, Origin>
export interface Origin {
  readonly location?: string | undefined
  readonly tag?: string
}

/** A function from named inputs to named outputs. `inputs` are all declared ones, used or not, in declared order. */
export interface Program {
  readonly name: string
  readonly inputs: readonly NodeOf<"input">[]
  readonly outputs: ReadonlyMap<string, Node>
  readonly origins: Origins
}

/** A program, for whoever checks what they are given. */
export const programForm = form<Program>(
  "a program, as parse and compile(…).program give it",
  (value) =>
    typeof value === "object" && value !== null && "outputs" in value && value.outputs instanceof Map,
)

/** Makes and interns the nodes of one program. */
export class Builder {
  readonly origins: Origins
  readonly #nodes = new Map<string, Node>()
  readonly #ids = new Map<Node, number>()

  constructor(origins: Origins = new WeakMap()) {
    this.origins = origins
  }

  /**
   * The node for an operation, with its type inferred.
   * Throws ProgramError with a listing when the operands do not fit, or when one belongs to another builder. Before intervals of
   * single elements are written out, `takeRoom` is told their bytes, and may throw.
   */
  make<O extends OpName>(
    op: O,
    operands: readonly Node[],
    attrs: AttrsOf<Ops[O]["attrs"]>,
    origin?: Origin,
    takeRoom?: TakeRoom,
  ): Extract<Node, { op: O }> {
    return this.#intern(op, operands, attrs, origin, (node) => this.#infer(node, origin, takeRoom))
  }

  /**
   * The operation of `node`, perhaps a node of another builder, on other operands that take the same values. A table was proved
   * to have an entry for each; an operand that has forgotten its range is told the table's.
   */
  remake(node: Node, others: readonly Node[]): Node {
    const operands = node.op === "table" ? [this.#covered(others[0]!, node.attrs)] : others
    if (this.#ids.has(node) && operands.every((operand, i) => operand === node.operands[i])) return node
    // The same types of operands, alike or apart, give the same type of result: what took long to infer is inferred once.
    const isSame =
      operands.every(({ type }, i) => type === node.operands[i]?.type) &&
      (operands[0] === operands[1]) === (node.operands[0] === node.operands[1])
    const type = isSame ? () => node.type : (made: Node) => this.#infer(made, undefined)
    return this.#intern(node.op, operands, node.attrs as never, undefined, type)
  }

  #covered(operand: Node, attrs: NodeOf<"table">["attrs"]): Node {
    const { lo } = attrs
    const hi = lo + BigInt(tableSize(attrs)) - 1n
    const { type } = operand
    if (type.kind === "real" || (type.lo >= lo && type.hi <= hi)) return operand
    return this.make("assume", [operand], { lo: max(lo, type.lo), hi: min(hi, type.hi), by: "range" })
  }

  #intern<O extends OpName>(
    op: O,
    operands: readonly Node[],
    attrs: AttrsOf<Ops[O]["attrs"]>,
    origin: Origin | undefined,
    typeOf: (node: Node) => Type,
  ): Extract<Node, { op: O }> {
    let key = op + attrKey(opDef(op).attrs, attrs as Attrs)
    for (const operand of operands) {
      const id = this.#ids.get(operand)
      if (id === undefined)
        throw new ProgramError(`an operand of ${op} belongs to another program`, { code: "foreign-tensor" })
      key += ` ${id}`
    }
    // Different attributes of one hash are rare, and get longer keys.
    for (let known = this.#nodes.get(key); known !== undefined; known = this.#nodes.get(key)) {
      if (sameAttrs(known.attrs as Attrs, attrs as Attrs)) return known as Extract<Node, { op: O }>
      key += "'"
    }
    const own = { op, operands: Object.freeze([...operands]), attrs: Object.freeze(attrs) }
    const node = Object.freeze({ ...own, type: typeOf(own as unknown as Node) }) as Node
    this.#nodes.set(key, node)
    this.#ids.set(node, this.#ids.size)
    if (origin !== undefined) this.origins.set(node, origin)
    return node as Extract<Node, { op: O }>
  }

  /** How many nodes were made. */
  get size(): number {
    return this.#ids.size
  }

  /** The order in which nodes of this builder were made, from 0; undefined for a node of another. */
  idOf(node: Node): number | undefined {
    return this.#ids.get(node)
  }

  #infer(node: Node, origin: Origin | undefined, takeRoom?: TakeRoom): Type {
    const def = opDef(node.op)
    if (def.arity === "any" ? node.operands.length === 0 : node.operands.length !== def.arity) {
      const takes = def.arity === "any" ? "one or more operands" : `${def.arity} operands`
      throw new ProgramError(`${node.op} takes ${takes}, not ${node.operands.length}`, {
        code: "wrong-argument",
      })
    }
    try {
      const type =
        node.op === "apply"
          ? applyType(node.operands, node.attrs.expr, {
              image: () => imageOf(node),
              whyUnbounded: (range) => whyUnbounded(node.attrs.expr, range, node),
            })
          : def.infer(node.operands, node.attrs as never)
      return refine(type, def, node.operands, node.attrs as never, takeRoom)
    } catch (error) {
      if (!(error instanceof ProgramError) || node.operands.length === 0) throw error
      throw new ProgramError(
        explain(node.operands, this.origins, [{ node, message: error.message, origin }]),
        { code: error.code, cause: error },
      )
    }
  }
}

type Attrs = Readonly<Record<string, AttrKinds[keyof AttrKinds] | undefined>>

const attrKey = (spec: AttrSpec, attrs: Attrs): string => {
  let key = ""
  for (const name in spec) key += `;${valueKey(spec[name]!, attrs[name])}`
  return key
}

const valueKey = (kind: AttrSpec[string], value: Attrs[string]): string => {
  if (value === undefined) return ""
  switch (attrKind(kind)) {
    case "literal":
    case "matrix":
      return String((value as { hash: number }).hash)
    case "expression":
      return (value as AttrKinds["expression"]).text
    case "type":
      return printType(value as Type)
    default:
      return String(value)
  }
}

const sameAttrs = (a: Attrs, b: Attrs): boolean =>
  a === b || Object.keys({ ...a, ...b }).every((name) => sameAttr(a[name], b[name]))

const sameAttr = (a: Attrs[string], b: Attrs[string]): boolean => {
  if (a === b) return true
  if (typeof a !== "object" || typeof b !== "object") return false
  if ("hash" in a && "hash" in b && "values" in a && "values" in b)
    return sameLiteral(a as Literal, b as Literal)
  if ("start" in a && "start" in b) return sameMatrix(a, b)
  if ("text" in a && "text" in b) return a.text === b.text
  if ("kind" in a && "kind" in b) return printType(a as Type) === printType(b as Type)
  return Array.isArray(a) && Array.isArray(b) && String(a) === String(b)
}
