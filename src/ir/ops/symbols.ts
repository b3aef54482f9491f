import {
  fitsSymbols,
  ProgramError,
  type Symbols,
  type SymbolTable,
  sizeOf,
  symbolOffset,
  symbolValues,
  symbolWeights,
} from "../../data/index.ts"
import { represent } from "../exact-arithmetic.ts"
import { type Literal, literalRange } from "../literal/literal.ts"
import type { Evaluated, Operand } from "../op.ts"
import { op } from "../op.ts"
import { type IntType, intType, max, min, printType } from "../type.ts"
import { tableSize } from "./table.ts"

interface Masked {
  readonly size: bigint
  readonly stride: bigint
}

interface Looked extends Masked {
  readonly lo: bigint
  readonly entries: Literal
  readonly index?: Literal
}

/** The type of a masked value or of a mask: `0..t - 1`, with a size that divides t - 1. */
const checkMasked = ({ op: source, type }: Operand, attrs: Masked, needed: string): IntType => {
  if (
    source !== "input" ||
    type.kind === "real" ||
    type.lo !== 0n ||
    !fitsSymbols(writtenIn(attrs), type.hi + 1n, sizeOf(type.shape))
  ) {
    throw new ProgramError(
      `size=${attrs.size} and stride=${attrs.stride} do not fit a ${source} of type ${printType(type)}\n` +
        `${needed} of the range 0..t-1 is needed, with a size that divides t - 1 and room for all elements`,
      { code: "wrong-argument" },
    )
  }
  return type
}

const writtenIn = ({ size, stride }: Masked): Symbols => ({ symbols: Number(size), stride: Number(stride) })

const tableOf = (mask: Evaluated, attrs: Looked): SymbolTable<number | bigint> => {
  const { lo, entries, index } = attrs
  const count = tableSize(attrs)
  return {
    modulus: (mask.type as IntType).hi + 1n,
    lo,
    count,
    entryOf: (element, j) =>
      entries.values[(index === undefined ? 0 : Number(index.values[element])) * count + j]!,
  }
}

/** The values that a table has, and 0, which is looked up where it has none. */
const reachOf = ({ entries }: Looked): { lo: bigint; hi: bigint } => {
  const { lo, hi } = literalRange(entries)
  return { lo: min(lo, 0n), hi: max(hi, 0n) }
}

const checkTable = (operand: Operand, attrs: Looked): void => {
  const type = checkMasked(operand, attrs, "a clear input")
  const { size, entries, index } = attrs
  const count = tableSize(attrs)
  if (type.secret || entries.kind === "real" || !(count >= 1 && count <= size)) {
    throw new ProgramError(
      `a table of ${count} integers for a mask of type ${printType(type)} and ${size} symbols\n` +
        "a clear mask and at most one entry for each symbol are needed",
      { code: "wrong-argument" },
    )
  }
  if (index !== undefined && index.values.length !== sizeOf(type.shape)) {
    throw new ProgramError(
      `a table index of ${index.values.length} entries for ${sizeOf(type.shape)} elements`,
      { code: "wrong-argument" },
    )
  }
}

const tableAttrs = { size: "int", stride: "int", lo: "int", entries: "literal", index: "literal?" } as const

export const symbolOps = {
  symbols: op({
    doc: "A masked value z of 0..t-1 as its client sends it again, in 0s and 1s: for each of `size` symbols, and each element, whether z mod `size` is that symbol; none for z = t - 1. Elements lie in blocks of `stride`.",
    arity: 1,
    attrs: { size: "int", stride: "int" },
    infer: ([operand], attrs) => {
      const type = checkMasked(operand!, attrs, "an encrypted input")
      if (!type.secret)
        throw new ProgramError(
          "symbols of a clear value\nonly the client writes symbols, of what it encrypts",
          { code: "wrong-argument" },
        )
      return intType(true, 0n, 1n, [Number(attrs.size), Number(attrs.stride)])
    },
    evaluate: ([a], attrs) => symbolValues(a!.values, (a!.type as IntType).hi + 1n, writtenIn(attrs)),
    sample: () => null,
  }),
  symbolweights: op({
    doc: "For a mask r, what the symbols of v + r are multiplied by to look v up in a table (whose entry 0 is for v = `lo`): their sum, plus `symboloffset`, is the entry.",
    arity: 1,
    attrs: tableAttrs,
    infer: ([operand], attrs) => {
      checkTable(operand!, attrs)
      const { lo, hi } = reachOf(attrs)
      return intType(false, lo - hi, hi - lo, [Number(attrs.size), Number(attrs.stride)])
    },
    evaluate: ([a], attrs, type) =>
      represent(symbolWeights(a!.values, writtenIn(attrs), tableOf(a!, attrs)), type),
    sample: () => null,
  }),
  symboloffset: op({
    doc: "For a mask r, the entry of a table for the v whose v + r is t - 1, which has no symbol; 0 where no v has.",
    arity: 1,
    attrs: tableAttrs,
    infer: ([operand], attrs) => {
      checkTable(operand!, attrs)
      const { lo, hi } = reachOf(attrs)
      return intType(false, lo, hi, [Number(attrs.stride)])
    },
    evaluate: ([a], attrs, type) =>
      represent(symbolOffset(a!.values, writtenIn(attrs), tableOf(a!, attrs)), type),
    sample: () => null,
  }),
}
