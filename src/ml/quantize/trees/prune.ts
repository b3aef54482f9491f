import type { Trees } from "../../graph/trees.ts"

/** The same trees without splits whose two sides give the same. */
export const prune = (trees: Trees): Trees => {
  const { splits, leaves, targets, roots } = trees
  const alike = (a: number, b: number): boolean => {
    for (let t = 0; t < targets; t++) if (leaves[a * targets + t] !== leaves[b * targets + t]) return false
    return true
  }
  /** What stands in place of a split, once both of its sides are known. */
  const becomes = new Map<number, number>()
  const now = (at: number): number => (at < 0 ? at : becomes.get(at)!)
  const pending = [...roots]
  while (pending.length > 0) {
    const at = pending.at(-1)!
    if (at < 0 || becomes.has(at)) {
      pending.pop()
      continue
    }
    const { whenTrue, whenFalse } = splits[at]!
    const open = [whenTrue, whenFalse].filter((side) => side >= 0 && !becomes.has(side))
    if (open.length > 0) {
      pending.push(...open)
      continue
    }
    const [a, b] = [now(whenTrue), now(whenFalse)]
    becomes.set(at, a < 0 && b < 0 && alike(~a, ~b) ? a : at)
    pending.pop()
  }
  return {
    ...trees,
    roots: roots.map(now),
    splits: splits.map((split, i) =>
      becomes.has(i) ? { ...split, whenTrue: now(split.whenTrue), whenFalse: now(split.whenFalse) } : split,
    ),
  }
}
