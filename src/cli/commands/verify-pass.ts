import { checkValues, type Nested, ProgramError, type Values } from "../../data/index.ts"
import {
  evaluateNodes,
  type Node,
  type Program,
  parse,
  print,
  printType,
  specificationOf,
} from "../../ir/index.ts"
import type { Pass, Target } from "../../passes/index.ts"
import { printExactJson } from "../files/exact-json.ts"
import { randomInputs } from "../files/random-inputs.ts"

/** Inputs on which a pass is tried. */
const SAMPLES = 20

/**
 * Checks what every pass promises: the program that came out can be written and read back, has the same inputs and outputs
 * with no wider ranges, comes out again when the pass is run on it, and means the same on random inputs (but for those that
 * leave a range the program assumes). Throws Error with the clause that is broken; a pass that breaks one is a fault in Lutra.
 */
export const verifyPass = (pass: Pass, before: Program, after: Program, target: Target): void => {
  const broken = brokenClause(pass, before, after, target) ?? difference(before, after)
  if (broken !== undefined) throw new Error(`${pass.name} breaks the contract of passes: ${broken}`)
}

const brokenClause = (pass: Pass, before: Program, after: Program, target: Target): string | undefined => {
  const text = print(after)
  if (print(parse(text)) !== text) return "the text of what comes out does not read back to the same"
  if (inputsOf(after) !== inputsOf(before))
    return `its inputs are ${inputsOf(after)}, and were ${inputsOf(before)}`
  const names = (program: Program): string => [...program.outputs.keys()].join(", ")
  if (names(after) !== names(before)) return `its outputs are ${names(after)}, and were ${names(before)}`
  for (const [name, node] of before.outputs) {
    const [was, is] = [node.type, after.outputs.get(name)!.type]
    const isSame = was.kind === is.kind && was.secret === is.secret && was.shape.join() === is.shape.join()
    if (!isSame || is.lo < was.lo || is.hi > was.hi)
      return `output ${name} is ${printType(is)}, and was ${printType(was)}`
  }
  if (print(pass.run(after, target)) !== text) return "run on what came out it changes it again"
  return undefined
}

const inputsOf = ({ inputs }: Program): string =>
  inputs.map(({ attrs, type }) => `${attrs.name} : ${printType(type)}`).join(", ")

/** Inputs on which two programs differ, in words. */
const difference = (before: Program, after: Program): string | undefined => {
  const specifications = before.inputs.map((input) => ({ name: input.attrs.name, ...specificationOf(input) }))
  for (let seed = 1; seed <= SAMPLES; seed++) {
    const inputs = randomInputs(specifications, seed)
    const was = outputsOf(before, inputs)
    if (was === undefined) continue
    const is = outputsOf(after, inputs)
    if (is === was) continue
    return `for ${printExactJson(inputs)} it gives ${is ?? "no value"} in place of ${was}`
  }
  return undefined
}

/** The outputs in words; undefined where an expression is undefined or an assumed range does not hold. */
const outputsOf = (program: Program, inputs: Readonly<Record<string, Nested>>): string | undefined => {
  const values = new Map<Node, Values>()
  for (const input of program.inputs) {
    const { name } = input.attrs
    values.set(input, checkValues(name, inputs[name], specificationOf(input)))
  }
  try {
    evaluateNodes(program, values)
  } catch (error) {
    if (error instanceof ProgramError) return undefined
    throw error
  }
  return [...program.outputs]
    .map(
      ([name, node]) =>
        `${name} = [${Array.from(values.get(node)! as ArrayLike<number | bigint>).join(", ")}]`,
    )
    .join(", ")
}
