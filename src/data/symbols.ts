import type { Values } from "./specification.ts"

/**
 * How a client answers with a masked value z, uniform mod t, in 0s and 1s: one number for each of `symbols` symbols, 1 for
 * z mod `symbols` and 0 for all others; all are 0 for z = t - 1. In each number's block there is room for `stride`
 * elements, at least as many as the value has.
 *
 * `symbols` divides t - 1, so that of any `symbols` residues in a row mod t no two have the same answer: those below t - 1
 * differ mod `symbols` as long as they do not wrap, t - 1 has an answer of its own, and after it the count begins at 0, as
 * t - 1 = 0 mod `symbols`. Values v of `lo..lo + symbols - 1` plus a mask r are such a row, so that whoever knows r
 * knows which v an answer means, and whoever does not learns nothing: z is uniform whatever v is.
 */
export interface Symbols {
  readonly symbols: number
  readonly stride: number
}

/** Whether masked values mod `modulus` can be told apart in so many symbols. */
export const fitsSymbols = ({ symbols, stride }: Symbols, modulus: bigint, elements: number): boolean =>
  symbols >= 1 &&
  Number.isSafeInteger(symbols * stride) &&
  stride >= elements &&
  symbols * stride <= MOST_NUMBERS &&
  modulus > 1n &&
  (modulus - 1n) % BigInt(symbols) === 0n

const MOST_NUMBERS = 2 ** 26

/** Flat masked values as 0s and 1s: for each symbol in order a block of `stride` numbers, one for each element. */
export const symbolValues = (masked: Values, modulus: bigint, { symbols, stride }: Symbols): Float64Array => {
  const result = new Float64Array(symbols * stride)
  const size = BigInt(symbols)
  for (let element = 0; element < masked.length; element++) {
    const z = masked[element]!
    if (typeof z === "bigint") {
      if (z !== modulus - 1n) result[Number(z % size) * stride + element] = 1
    } else if (BigInt(z) !== modulus - 1n) result[(z % symbols) * stride + element] = 1
  }
  return result
}

/** What is looked up for one element: the value for `lo + j`, for each j from 0 below `count`. */
export interface SymbolTable<T extends number | bigint> {
  readonly modulus: bigint
  readonly lo: bigint
  readonly count: number
  readonly entryOf: (element: number, j: number) => T
}

/**
 * The value of the table that z = t - 1 stands for, the answer without a 1, for each element whose mask is given; 0 where no
 * value has that z. This and the sum of `symbolWeights` times the answer is the value of the table.
 */
export const symbolOffset = <T extends number | bigint>(
  masks: Values,
  { stride }: Symbols,
  table: SymbolTable<T>,
): T[] => {
  const offset = new Array<T>(stride).fill(zeroOf(table))
  for (let element = 0; element < masks.length; element++) {
    const special = specialOf(masks[element]!, table)
    if (special >= 0) offset[element] = table.entryOf(element, special)
  }
  return offset
}

/** What the answer is multiplied by: for each symbol, the value of the table that it means less `symbolOffset`. */
export const symbolWeights = <T extends number | bigint>(
  masks: Values,
  { symbols, stride }: Symbols,
  table: SymbolTable<T>,
): T[] => {
  const { modulus, lo, count, entryOf } = table
  const none = zeroOf(table)
  const weights = new Array<T>(symbols * stride).fill(none)
  for (let element = 0; element < masks.length; element++) {
    const from = remainder(BigInt(masks[element]!) + lo, modulus)
    const special = specialOf(masks[element]!, table)
    const own = special < 0 ? none : entryOf(element, special)
    let symbol = Number(from % BigInt(symbols))
    for (let j = 0; j < count; j++) {
      if (j === special) {
        symbol = 0
        continue
      }
      weights[symbol * stride + element] = ((entryOf(element, j) as number) - (own as number)) as T
      symbol = symbol + 1 === symbols ? 0 : symbol + 1
    }
  }
  return weights
}

/** The j for which `lo + j` and the mask make t - 1, beyond which z counts from 0 again; -1 where no entry has it. */
const specialOf = (mask: number | bigint, { modulus, lo, count }: SymbolTable<number | bigint>): number => {
  const last = modulus - 1n - remainder(BigInt(mask) + lo, modulus)
  return last < BigInt(count) ? Number(last) : -1
}

const zeroOf = <T extends number | bigint>({ entryOf }: SymbolTable<T>): T =>
  (typeof entryOf(0, 0) === "bigint" ? 0n : 0) as T

const remainder = (value: bigint, modulus: bigint): bigint => ((value % modulus) + modulus) % modulus
