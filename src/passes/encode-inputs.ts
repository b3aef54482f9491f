import { fitsNumber, sizeOf } from "../data/index.ts"
import {
  type Builder,
  type IntType,
  inheritOrigin,
  type Node,
  nodesOf,
  type Program,
  width,
} from "../ir/index.ts"
import { type LocalElement, localValues } from "./encode-inputs/local-values.ts"
import { encodingFor, OneHotEncoder } from "./encode-inputs/one-hot-encoder.ts"
import { linearise } from "./linearise.ts"
import type { Pass, Target } from "./pass.ts"
import { ONE_HOT } from "./shared/proved-range.ts"
import { untilStable } from "./shared/sweep.ts"

/** The most 0s and 1s that one input is sent as: more were never worth their way. */
const MOST_SENT = 2 ** 17

/**
 * Inputs that go into tables are sent as 0s and 1s, of which every function of one element is a linear map (one digit) or
 * linear but for one level of products (two digits). All that works on single elements becomes such functions; all else
 * takes the inputs from them. The products of the whole program are one vector.
 */
export const encodeInputs: Pass = {
  name: "encode-inputs",
  doc: "Takes secret inputs that go into tables one-hot, in one digit or two: their tables become linear, or products of two linear maps.",
  run: (program, target, made) =>
    untilStable(program, made, (before, builder) =>
      encode(linearise.run(before, target, builder), target, builder),
    ),
}

const encode = (program: Program, target: Target, builder: Builder): Program => {
  const nodes = nodesOf(program)
  const locals = localValues(nodes, candidates(nodes, target))
  const inputs = new Set<Node | undefined>(
    nodes.filter(({ op }) => op === "table").flatMap((node) => locals.get(node)?.map(inputOf) ?? []),
  )
  if (inputs.size === 0) return program
  inputs.add(undefined)
  const isFunction = (node: Node): boolean => locals.get(node)?.every((x) => inputs.has(x.input)) === true
  const others = nodes.filter((node) => !isFunction(node))
  const wanted = new Set([...others.flatMap(({ operands }) => operands), ...program.outputs.values()])
  const functions = nodes.filter((node) => wanted.has(node) && isFunction(node))
  const encoder = new OneHotEncoder(
    builder,
    target,
    functions.flatMap((node) => locals.get(node)!),
  )
  const images = new Map<Node, Node>()
  const place = (node: Node, fresh: Node): void => {
    inheritOrigin(program, node, fresh)
    images.set(node, fresh)
  }
  for (const node of functions) {
    place(node, keepRange(node, encoder.vector(locals.get(node)!, node.type.shape), builder))
  }
  for (const node of others) {
    const operands = node.operands.map((operand) => images.get(operand)!)
    const fresh = builder.remake(node, operands)
    place(node, node.op === "input" ? fresh : keepRange(node, fresh, builder))
  }
  const outputs = new Map([...program.outputs].map(([name, node]) => [name, images.get(node)!]))
  return Object.freeze({ ...program, outputs })
}

/**
 * With the range that a node has, said even where its type says so too: what lies below is still to be multiplied out, and
 * bounds of single elements are forgotten then.
 */
const keepRange = ({ type }: Node, fresh: Node, builder: Builder): Node =>
  type.kind === "int" && type.secret
    ? builder.make("assume", [fresh], { lo: type.lo, hi: type.hi, by: ONE_HOT })
    : fresh

const inputOf = ({ input }: LocalElement): Node | undefined => input

/** The secret inputs that could be sent one-hot: of few enough values and elements, and not sent so already. */
const candidates = (nodes: readonly Node[], target: Target): Set<Node> => {
  const taken = new Set(nodes.flatMap(({ op, operands }) => (op === "onehot" ? operands : [])))
  return new Set(
    nodes.filter((node) => {
      if (node.op !== "input" || !node.type.secret || taken.has(node)) return false
      if (target.wired?.has(node.attrs.name)) return false
      const type = node.type as IntType
      if (width(type) > target.maxTableSize || !fitsNumber(type.lo, type.hi)) return false
      const { base, digits } = encodingFor(type, target)
      return base * digits * sizeOf(type.shape) <= MOST_SENT
    }),
  )
}
