import { type IntType, isTheorem, type Node, type NodeOf, width } from "../../ir/index.ts"
import { tableLevels } from "../shared/levels.ts"
import { isConstant, isIntegerConstant, uniformValue } from "../shared/node-values.ts"

const ELEMENTWISE = new Set(["add", "sub", "neg", "mul", "apply", "table"])

/**
 * Whether element i of a node depends on nothing but element i of its operands (up to broadcasting) and may be looked
 * through. Clear integers are not: the server computes them, and they count as given.
 */
export const isElementwise = (node: Node): boolean =>
  (ELEMENTWISE.has(node.op) || isTheorem(node)) && (node.type.secret || node.type.kind === "real")

/** What is known of a node's place in its elementwise region. Counts run along the chain of dominators. */
interface Place {
  readonly node: Node | undefined
  /** The nearest value that every path from the node's region down to its sources passes. */
  readonly dominator: Place | undefined
  readonly level: number
  /** A dominator far down the chain, which makes the way to a common one logarithmic (Myers' jump pointers). */
  readonly jump: Place | undefined
  /** Steps of the chain that hold an `apply` or `table`. */
  readonly tables: number
  /** Steps that hold constants which differ by element. */
  readonly varying: number
  /** Steps that are more than scaling and shifting by constants. */
  readonly bent: number
  /** The dominator (or the node itself) farthest down that a table can be made of. */
  readonly deepest: Place | undefined
}

const NOWHERE: Place = {
  node: undefined,
  dominator: undefined,
  level: 0,
  jump: undefined,
  tables: 0,
  varying: 0,
  bent: 0,
  deepest: undefined,
}

/**
 * The elementwise regions of a program under construction: for each node its dominators, by intersection over operand
 * chains (Cooper, Harvey and Kennedy, "A simple, fast dominance algorithm", 2001).
 */
export class Regions {
  readonly #maxTableSize: number
  readonly #places = new Map<Node, Place>()

  constructor(maxTableSize: number) {
    this.#maxTableSize = maxTableSize
  }

  /** Takes up a node. All nodes must be, operands before users; a few new ones may stand between. */
  add(node: Node): void {
    this.#placeOf(node)
  }

  /** The value that `node` should be a table of; undefined when it holds no table or no single value will do. */
  sourceOf(node: Node): Node | undefined {
    const place = this.#placeOf(node)
    const deepest = place.dominator?.deepest
    if (deepest === undefined || place.tables === deepest.tables) return undefined
    return this.#uniformSource(place, deepest).node
  }

  /**
   * Prefers to the deepest source a scaled or shifted copy of it: one from which one table serves all elements, at no more
   * levels, where a shift (such as a bias) differs by element; else one that a theorem has narrowed.
   */
  #uniformSource(place: Place, deepest: Place): Place {
    const isVarying = place.varying !== deepest.varying
    const levels = levelsOf(deepest.node!)
    let best = deepest
    for (let at = place.dominator!; at !== deepest; at = at.dominator!) {
      if (at.bent !== deepest.bent || !this.#fits(at.node!)) continue
      const isBetter = isVarying
        ? at.varying === place.varying && levelsOf(at.node!) <= levels
        : sizeOf(at.node!) < sizeOf(best.node!)
      if (isBetter) best = at
    }
    return best
  }

  /** Makes the place of a node; its operands, if they are new, are few and made first. */
  #placeOf(node: Node): Place {
    const known = this.#places.get(node)
    if (known !== undefined) return known
    const place = isElementwise(node) ? this.#above(node) : this.#extend(NOWHERE, node, false, false, false)
    this.#places.set(node, place)
    return place
  }

  #above(node: Node): Place {
    const operands = node.operands.filter((operand) => !isConstant(operand)).map((o) => this.#placeOf(o))
    const dominator = operands.length === 0 ? NOWHERE : operands.reduce(nearestCommon)
    return this.#extend(
      dominator,
      node,
      node.op === "apply" || node.op === "table" || operands.some((o) => o.tables > dominator.tables),
      hasVaryingConstant(node) || operands.some((o) => o.varying > dominator.varying),
      !isScaling(node),
    )
  }

  #extend(dominator: Place, node: Node, isTable: boolean, isVarying: boolean, isBent: boolean): Place {
    const { jump } = dominator
    const isFar = jump?.jump !== undefined && dominator.level - jump.level === jump.level - jump.jump.level
    const place = {
      node,
      dominator,
      level: dominator.level + 1,
      jump: isFar ? jump!.jump : dominator,
      tables: dominator.tables + Number(isTable),
      varying: dominator.varying + Number(isVarying),
      bent: dominator.bent + Number(isBent),
      deepest: dominator.deepest,
    }
    if (place.deepest === undefined && this.#fits(node)) place.deepest = place
    return place
  }

  #fits({ type }: Node): boolean {
    return type.kind === "int" && type.secret && width(type) <= BigInt(this.#maxTableSize)
  }
}

const nearestCommon = (a: Place, b: Place): Place => {
  let [x, y] = a.level < b.level ? [b, a] : [a, b]
  while (x.level > y.level) x = x.jump!.level >= y.level ? x.jump! : x.dominator!
  while (x !== y) {
    if (x.jump === y.jump) {
      x = x.dominator!
      y = y.dominator!
    } else {
      x = x.jump!
      y = y.jump!
    }
  }
  return x
}

const sizeOf = ({ type }: Node): bigint => width(type as IntType)

const levelsOf = ({ type }: Node): number => (type.kind === "int" ? tableLevels(width(type)) : Infinity)

const hasVaryingConstant = (node: Node): boolean =>
  (node.op === "table" && node.attrs.index !== undefined) ||
  node.operands.some((operand) => isConstant(operand) && !isUniform(operand))

const isUniform = (constant: NodeOf<"constant">): boolean => {
  const { values } = constant.attrs.value
  return (
    values.length === 0 ||
    uniformValue(constant) !== undefined ||
    values.every((v: number | bigint) => v === values[0])
  )
}

/** a * x + b with constants a and b, one step of it. */
const isScaling = (node: Node): boolean =>
  node.op === "neg" ||
  node.op === "assume" ||
  ((node.op === "add" || node.op === "sub" || node.op === "mul") && node.operands.some(isIntegerConstant))

/**
 * The integers that a node is computed from: looking through real values only, or through all that is elementwise.
 * Undefined when one of them is a real value that is not elementwise.
 */
export const frontier = (node: Node, isDeep: boolean): Node[] | undefined => {
  const found = new Set<Node>()
  const seen = new Set<Node>()
  const stack = [...node.operands].reverse()
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (seen.has(at) || isConstant(at)) continue
    seen.add(at)
    if (isElementwise(at) && (isDeep || at.type.kind === "real")) stack.push(...[...at.operands].reverse())
    else if (at.type.kind === "int") found.add(at)
    else return undefined
  }
  return [...found]
}
