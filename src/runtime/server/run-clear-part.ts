import { type Circuit, type Slots, toSlots } from "../../backend/index.ts"
import { flatten, RuntimeError, unflatten, type Values } from "../../data/index.ts"
import { evaluate } from "../../ir/index.ts"

/** The outputs of a circuit's clear part: by name, the flat value of each sample. */
export type ClearResults = Readonly<Record<string, readonly Values[]>>

/** Computes the clear part of a circuit; `samples` hold the flat values of the clear inputs by name. */
export const runClearPart = (
  { clear }: Pick<Circuit, "clear">,
  samples: readonly Record<string, Values>[],
): ClearResults => {
  if (clear === null) return {}
  const results = samples.map((sample) => {
    const inputs = clear.inputs.map(({ attrs, type }) => [
      attrs.name,
      unflatten<number | bigint>(sample[attrs.name]!, type.shape),
    ])
    return evaluate(clear, Object.fromEntries(inputs))
  })
  const names = [...clear.outputs.keys()]
  return Object.fromEntries(
    names.map((name) => [name, results.map((result) => toValues(flatten(result[name]!) as Leaves))]),
  )
}

type Leaves = (number | bigint)[]
const toValues = (leaves: Leaves): Values =>
  leaves.every((leaf) => typeof leaf === "number") ? Float64Array.from(leaves) : leaves.map(BigInt)

/** Output `name` of the clear part, for each sample. */
export const clearOutput = (results: ClearResults, name: string): readonly Values[] => {
  const values = results[name]
  if (values === undefined)
    throw new RuntimeError(`the clear part has no output "${name}"`, { code: "damaged" })
  return values
}

/** The results of the samples from one up to another. */
export const sliceGiven = (results: ClearResults, from: number, to: number): ClearResults =>
  Object.fromEntries(Object.entries(results).map(([name, samples]) => [name, samples.slice(from, to)]))

/** Reads piece `piece` of the plain operand `name` as slots, one sample a lane. */
export const plainReader =
  ({ given, layout, t }: Pick<Circuit, "given" | "layout" | "t">, results: ClearResults) =>
  (name: string, piece: number): Slots => {
    const operand = given.find((each) => each.name === name)
    if (operand === undefined)
      throw new RuntimeError(`the circuit is given no plain operand "${name}"`, { code: "wrong-input" })
    if (operand.mask !== undefined && results[name] === undefined) {
      throw new RuntimeError(
        `"${name}" is a mask between two rounds, and this circuit is run alone\nrun the compiled program, which has all rounds`,
        { code: "unsupported" },
      )
    }
    return toSlots(layout, operand.placement, piece, clearOutput(results, name), t)
  }
