import type { RowTest } from "../../../data/index.ts"
import type { Trees } from "../../graph/trees.ts"
import { type Cut, compareCuts, isCut, keyOf, type Literal, literalOf } from "./cuts.ts"

/** Bits added or subtracted, and a constant: 0 or 1 on every row that a client encodes. */
export interface Indicator {
  readonly constant: number
  readonly terms: readonly { readonly test: RowTest; readonly sign: 1 | -1 }[]
}

/** The way to a leaf: what may be wrong on it, each 1 where it is. A row reaches the leaf where all are 0. */
export interface Path {
  readonly leaf: number
  readonly wrongs: readonly Indicator[]
}

/**
 * The ways to all leaves of one tree that rows can reach. On a way of more than `most` answers the first ones are asked for
 * as one, whether all of them are right.
 */
export const pathsOf = ({ splits }: Pick<Trees, "splits">, root: number, most: number): Path[] => {
  const paths: Path[] = []
  const pending: { at: number; literals: readonly Literal[] }[] = [{ at: root, literals: [] }]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { at, literals } = next
    if (at < 0) {
      const wrongs = fewWrongs(literals, most)
      if (wrongs !== undefined) paths.push({ leaf: ~at, wrongs })
      continue
    }
    const split = splits[at]!
    pending.push({ at: split.whenFalse, literals: [...literals, literalOf(split, false)] })
    pending.push({ at: split.whenTrue, literals: [...literals, literalOf(split, true)] })
  }
  return paths
}

/** As few literals as possible in the joint test at the beginning, so that it serves many leaves and tells clients little. */
const fewWrongs = (literals: readonly Literal[], most: number): Indicator[] | undefined => {
  const all = wrongsOf(literals)
  if (all === undefined || all.length <= most) return all
  for (let joint = 2; joint < literals.length; joint++) {
    const rest = wrongsOf(literals.slice(joint))
    if (rest !== undefined && rest.length < most)
      return [
        ...rest,
        { constant: 1, terms: [{ test: { is: "all", of: literals.slice(0, joint) }, sign: -1 }] },
      ]
  }
  return [{ constant: 1, terms: [{ test: { is: "all", of: literals }, sign: -1 }] }]
}

/** What may be wrong on a path, one indicator for each feature where that is possible; undefined when something always is. */
const wrongsOf = (literals: readonly Literal[]): Indicator[] | undefined => {
  const groups = new Map<string, Literal[]>()
  for (const literal of literals) {
    const { test } = literal
    const key = isCut(test) ? `${test.column} ${test.zeroIsMissing ?? ""}` : keyOf(test)
    groups.set(key, [...(groups.get(key) ?? []), literal])
  }
  const wrongs: Indicator[] = []
  for (const group of groups.values()) {
    const found = isCut(group[0]!.test) ? interval(group) : same(group)
    if (found === undefined) return undefined
    wrongs.push(...found)
  }
  return wrongs
}

/** Of one test: undefined when both answers are needed. */
const same = (group: readonly Literal[]): Indicator[] | undefined =>
  group.every(({ wanted }) => wanted === group[0]!.wanted) ? [wrongAnswer(group[0]!)] : undefined

const wrongAnswer = ({ test, wanted }: Literal): Indicator =>
  wanted === 1 ? { constant: 1, terms: [{ test, sign: -1 }] } : { constant: 0, terms: [{ test, sign: 1 }] }

/**
 * Of cuts of one feature: outside the interval between the largest lower and the least upper one, [x below lower] +
 * 1 - [x below upper]. A missing value is inside none: that it counts as wrong or not is put into the answers for it.
 */
const interval = (group: readonly Literal[]): Indicator[] | undefined => {
  const side = (wanted: 0 | 1): Cut[] =>
    group.filter((one) => one.wanted === wanted).map(({ test }) => test as Cut)
  const upper = side(1).toSorted(compareCuts).at(0)
  const lower = side(0).toSorted(compareCuts).at(-1)
  const isMissingWrong = group.some(({ test, wanted }) => test.missing !== wanted)
  if (upper !== undefined && lower !== undefined && compareCuts(lower, upper) >= 0) {
    // Numbers do not come here. Should missing values do, each answer is counted.
    return isMissingWrong ? undefined : group.map(wrongAnswer)
  }
  // Where no answer to a missing value is wrong, those of the two cuts count as none.
  const counted = 1 - (upper?.missing ?? 1) + (lower?.missing ?? 0)
  const [above, below] =
    isMissingWrong && counted !== 1 ? oneWrong(upper, lower) : [upper?.missing ?? 1, lower?.missing ?? 0]
  const terms: Indicator["terms"][number][] = []
  if (upper !== undefined) terms.push({ test: { ...upper, missing: above }, sign: -1 })
  if (lower !== undefined) terms.push({ test: { ...lower, missing: below }, sign: 1 })
  return [{ constant: upper === undefined ? 0 : 1, terms }]
}

/** Answers for a missing value to the upper and the lower cut, of which together one counts as wrong. */
const oneWrong = (upper: Cut | undefined, lower: Cut | undefined): readonly [0 | 1, 0 | 1] =>
  upper !== undefined && (lower === undefined || upper.missing === 0) ? [0, 0] : [1, 1]
