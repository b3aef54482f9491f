import type { Parameters } from "lutra"
import { type Ciphertext, openSeal, type Plaintext } from "../seal.ts"
import { arena } from "./arena.ts"
import { checkEqual } from "./check.ts"
import { interpolate } from "./interpolate.ts"

/** A ciphertext and the products that lie one after the other behind it. */
interface Value {
  readonly ciphertext: Ciphertext
  readonly depth: number
}

/**
 * A table of one value in every slot, BFV: baby-step giant-step over a tree, relinearized only where a product or a
 * rotation follows, and down a level as soon as the noise allows it.
 */
export const table = async (
  parameters: Parameters,
  entries: readonly number[],
  babySize: number,
): Promise<() => void> => {
  const opened = await openSeal(parameters)
  const { generator, evaluator, levels, levelBits, n, t } = opened
  const key = generator.createRelinKeys()
  const coefficients = interpolate(entries, t)
  const leaves = Math.ceil(entries.length / babySize)
  const values = Array.from({ length: n }, (_, slot) => (slot * 7919) % entries.length)
  const input = opened.encrypt(values)

  const constants = new Map<bigint, Plaintext>()
  for (const value of coefficients) {
    if (!constants.has(value)) constants.set(value, opened.encode(new Array(n).fill(Number(value))))
  }
  const constant = (i: number): Plaintext => constants.get(coefficients[i] ?? 0n)!
  const ceilLog = (x: number): number => Math.ceil(Math.log2(x))

  /** The lowest level with room for the noise of so many products. */
  const bitsOfProduct = Math.log2(Number(t)) + Math.log2(n)
  const levelFor = (depth: number): number => {
    let level = levels.length - 1
    const needed = levelBits[level]! - bitsOfProduct * depth + 3
    while (level > 0 && levelBits[level - 1]! >= needed) level--
    return level
  }
  const { fresh, free } = arena(opened)
  const levelOf = (value: Value): number => value.ciphertext.coeffModulusSize() - 1
  const lowered = (value: Value, level: number): Value => {
    if (levelOf(value) <= level) return value
    const ciphertext = fresh()
    evaluator.cipherModSwitchTo(value.ciphertext, levels[level]!, ciphertext)
    return { ciphertext, depth: value.depth }
  }
  const multiply = (a: Value, b: Value): Value => {
    const depth = Math.max(a.depth, b.depth)
    const level = Math.min(levelFor(depth), levelOf(a), levelOf(b))
    const ciphertext = fresh()
    const x = lowered(a, level).ciphertext
    if (a === b) evaluator.square(x, ciphertext)
    else evaluator.multiply(x, lowered(b, level).ciphertext, ciphertext)
    return { ciphertext, depth: depth + 1 }
  }
  const relinearized = (value: Value): Value => {
    if (value.ciphertext.size() > 2) evaluator.relinearizeInplace(value.ciphertext, key)
    return value
  }

  const run = (): Ciphertext => {
    // powers[i] = x^i, giants[j] = x^(babySize * 2^j)
    const powers: Value[] = [undefined as never, { ciphertext: input, depth: 0 }]
    for (let i = 2; i <= babySize; i++) {
      const a = 2 ** (ceilLog(i) - 1)
      powers.push(relinearized(multiply(powers[a]!, powers[i - a]!)))
    }
    const giants = [powers[babySize]!]
    for (let j = 1; j < ceilLog(leaves); j++) {
      giants.push(relinearized(multiply(giants[j - 1]!, giants[j - 1]!)))
    }
    const depth = Math.max(...powers.slice(1, babySize).map((power) => power.depth))
    const babies = powers.slice(1, babySize).map((power) => lowered(power, levelFor(depth)))
    const term = fresh()
    const leaf = (first: number): Value => {
      const sum = fresh()
      for (const [i, baby] of babies.entries()) {
        evaluator.multiplyPlain(baby.ciphertext, constant(first + i + 1), i === 0 ? sum : term)
        if (i > 0) evaluator.addInplace(sum, term)
      }
      evaluator.addPlainInplace(sum, constant(first))
      return { ciphertext: sum, depth: depth + 0.55 }
    }
    const tree = (first: number, count: number): Value => {
      if (count === 1) return leaf(first * babySize)
      const half = 2 ** (ceilLog(count) - 1)
      const high = multiply(relinearized(tree(first + half, count - half)), giants[ceilLog(half)]!)
      const low = tree(first, half)
      const level = Math.min(levelOf(high), levelOf(low))
      const sum = lowered(high, level)
      evaluator.addInplace(sum.ciphertext, lowered(low, level).ciphertext)
      return { ciphertext: sum.ciphertext, depth: Math.max(high.depth, low.depth) }
    }
    return relinearized(tree(0, leaves)).ciphertext
  }

  checkEqual(
    "table",
    opened.decrypt(run()),
    values.map((value) => entries[value]!),
  )
  free()
  return () => {
    run()
    free()
  }
}
