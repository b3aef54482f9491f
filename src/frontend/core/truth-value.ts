import type { Node } from "../../ir/index.ts"

/** What moves elements and computes nothing. */
const MOVEMENTS: ReadonlySet<string> = new Set([
  "reshape",
  "gather",
  "transpose",
  "broadcast",
  "concat",
  "assume",
])

/** A comparison and nothing around it, as `comparison.ts` writes it. */
const COMPARISON = /^\S+ (?:[<>]=?|[=!]=) \S+$/

/** Whether a node says yes or no of each element: a comparison, what logic makes of some, and the same moved elsewhere. */
export const isTruth = (node: Node): boolean => {
  const stack = [node]
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (at.op === "apply" && COMPARISON.test(at.attrs.expr.text)) continue
    if (at.operands.length === 0) return false
    if (at.op === "sub" && isOne(at.operands[0]!)) stack.push(at.operands[1]!)
    else if (at.op === "mul" || MOVEMENTS.has(at.op)) stack.push(...at.operands)
    else return false
  }
  return true
}

const isOne = (node: Node): boolean =>
  node.op === "constant" &&
  Array.from(node.attrs.value.values as ArrayLike<number>).every((v) => Number(v) === 1)
