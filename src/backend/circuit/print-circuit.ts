import type { Specification } from "../../data/index.ts"
import {
  intType,
  type Literal,
  print,
  printLiteral,
  printType,
  sameLiteral,
  wrapLine,
} from "../../ir/index.ts"
import type { Circuit, Instruction } from "./circuit.ts"
import type { Encoding } from "./encode-input.ts"
import type { Placement } from "./layout.ts"
import type { Plain } from "./plain.ts"

/**
 * The text of a circuit, which `parseCircuit` reads back: what it takes, its steps, what it gives, then the numbers of
 * its plain operands in order of first use, and last the program of its clear part.
 */
export const printCircuit = (circuit: Circuit): string => {
  const { name, layout, t, clear } = circuit
  const literals: Literal[] = []
  const numbers = new Map<number, number[]>()
  const refer = (values: Literal): string => {
    const bucket = numbers.get(values.hash) ?? []
    numbers.set(values.hash, bucket)
    let number = bucket.find((i) => sameLiteral(literals[i]!, values))
    if (number === undefined) {
      number = literals.push(values) - 1
      bucket.push(number)
    }
    return `@${number}`
  }
  let next = 0
  const steps = circuit.instructions.map((step) => {
    const text = printInstruction(step, refer)
    return step.op === "free" ? `  ${text}` : `  %${next++} = ${text}`
  })
  return [
    `circuit ${name} {n=${layout.n}, ring=${layout.ring}, t=${t}} {`,
    ...circuit.inputs.map((input) => {
      const clear = input.masks === undefined ? "" : ` {masks=${JSON.stringify(input.masks)}}`
      const placed = input.placement === null ? clear : ` ${printPlacement(input.placement, input.encoding)}`
      return `  input ${JSON.stringify(input.name)} : ${printSpecification(input)}${placed}`
    }),
    ...circuit.given.map(
      ({ name, placement: { length, period, block }, mask }) =>
        `  given ${JSON.stringify(name)} {length=${length}, period=${period}` +
        `${block === undefined ? "" : `, block=${block}`}` +
        `${mask === undefined ? "" : `, ${mask.does}=${JSON.stringify(mask.value)}`}}`,
    ),
    ...steps,
    ...circuit.outputs.map((output) => {
      const head = `  output ${JSON.stringify(output.name)} : ${printSpecification(output)}`
      if (output.placement === null) return head
      return `${head} {period=${output.placement.period}} = ${output.pieces.map((id) => `%${id}`).join(", ")}`
    }),
    "}",
    ...literals.map((values, i) => wrapLine(`@${i} = ${printLiteral(values)}`)),
    ...(clear === null ? [""] : ["", print(clear)]),
  ].join("\n")
}

const printPlacement = ({ period, block }: Placement, encoding: Encoding | undefined): string => {
  const spread = block === undefined ? "" : `, block=${block}`
  const written = Object.entries(encoding ?? {}).map(([name, value]) => `, ${name}=${value}`)
  return `{period=${period}${spread}${written.join("")}}`
}

const printSpecification = ({ secret, lo, hi, shape }: Specification): string =>
  printType(intType(secret, lo, hi, shape))

const printInstruction = (step: Instruction, refer: (values: Literal) => string): string => {
  switch (step.op) {
    case "input":
      return `input ${JSON.stringify(step.name)}[${step.piece}]`
    case "add":
    case "sub":
    case "multiply":
      return `${step.op} %${step.a}, %${step.b}`
    case "negate":
    case "relinearize":
    case "dropLevel":
    case "free":
      return `${step.op} %${step.a}`
    case "rotate":
      return `rotate %${step.a} {steps=${step.steps}}`
    case "addPlain":
    case "multiplyPlain":
      return `${step.op} %${step.a}, ${printPlain(step.plain, refer)}`
    case "blind":
      return `blind %${step.a} {period=${step.period}, used=${step.used}}`
  }
}

const printPlain = (plain: Plain, refer: (values: Literal) => string): string => {
  switch (plain.kind) {
    case "scalar":
      return String(plain.value)
    case "ring":
      return refer(plain.values)
    case "given":
      return `${JSON.stringify(plain.name)}[${plain.piece}]`
  }
}
