import type { Specification } from "../../data/index.ts"
import { checkSpec, naming, wrong } from "./check-spec.ts"
import { type FunctionSpec, type ModuleSpec, programAt, type Wire } from "./module-spec.ts"

/**
 * Throws RuntimeError for a specification of a module whose parts do not fit together: each function is checked as the program that it
 * is for values of each age.
 */
export const checkModuleSpec = (spec: ModuleSpec): void => {
  const { functions, steps, wires } = spec
  const names = new Set(functions.map(({ name }) => name))
  if (names.size < functions.length) wrong("two functions have the same name")
  if (functions.every(({ replyLevels }) => replyLevels.length !== steps))
    wrong(`no function takes values that have been through ${steps - 1} others`)
  for (const one of functions) {
    naming(`functions.${one.name}`, () => {
      checkAges(spec, one)
      for (const age of one.replyLevels.keys()) checkSpec(programAt(spec, one, age))
    })
  }
  for (const [i, wire] of wires.entries()) naming(`wires.${i}`, () => checkWire(spec, wire))
}

/** That levels are told for all rounds, plaintext moduli and ages, as many as others say. */
const checkAges = (spec: ModuleSpec, one: FunctionSpec): void => {
  const ages = one.replyLevels.length
  if (ages < 1 || ages > spec.steps) wrong(`levels are told of ${ages} ages of 1 to ${spec.steps}`)
  const [own, all] = [one.residues?.length ?? 0, spec.residues?.length ?? 0]
  if (own !== all) wrong(`levels are told of ${own} plaintext moduli where there are ${all}`)
  const rounds = (one.rounds ?? []).map(({ replyLevels }, round) => [
    replyLevels.length,
    round === 0 ? ages : 1,
  ])
  const residues = (one.residues ?? []).map(({ replyLevels }) => [replyLevels.length, ages])
  for (const [found, needed] of [...rounds, ...residues])
    if (found !== needed) wrong(`levels are told of ${found} ages where there are ${needed}`)
}

/** That both ends are there and encrypted, and that every value of the output is one of the input. */
const checkWire = ({ functions }: ModuleSpec, { from, to }: Wire): void => {
  const output = functions
    .find(({ name }) => name === from.function)
    ?.outputs.find(({ name }) => name === from.output)
  const input = functions
    .find(({ name }) => name === to.function)
    ?.inputs.find(({ name }) => name === to.input)
  if (output === undefined || input === undefined) wrong("one of its ends is not there")
  else if (!fits(output, input)) wrong(`${from.output} does not fit ${to.input}`)
}

const fits = (output: FunctionSpec["outputs"][number], input: FunctionSpec["inputs"][number]): boolean => {
  const shapeOf = ({ shape }: Specification): string => JSON.stringify(shape)
  const isPlaced = output.secret && input.secret && output.placement !== null && input.placement !== null
  return (
    isPlaced &&
    shapeOf(output) === shapeOf(input) &&
    JSON.stringify(output.placement) === JSON.stringify(input.placement) &&
    input.encoding === undefined &&
    output.lo >= input.lo &&
    output.hi <= input.hi
  )
}
