import {
  mismatch,
  nearest,
  printGiven,
  printRange,
  printShape,
  RuntimeError,
  type Specification,
} from "../../data/index.ts"
import { type FunctionSpec, functionOf, type ModuleSpec } from "../spec/module-spec.ts"
import type { ModuleMessage } from "./module-messages.ts"

/**
 * What a function is given: one message that holds all its inputs, or for each input the message that holds it. A reply
 * of another function, or what the client made of it with `refresh`, stands for its output that a wire leads from; where
 * several do, a pair says which.
 */
export type ModuleRequest =
  | Uint8Array
  | Readonly<Record<string, Uint8Array | readonly [reply: Uint8Array, output: string]>>

/** Where an input of a function is: as `value` in a message. */
export interface Operand {
  readonly message: ModuleMessage
  readonly value: string
  /** Functions it has been through since it was encrypted. */
  readonly age: number
}

/**
 * The operands of one function by input. Throws RuntimeError when one is missing, is not for this function, or comes from an
 * output that no wire leads from; messages are read by `open`, each once.
 */
export const operandsOf = (
  spec: ModuleSpec,
  one: FunctionSpec,
  request: ModuleRequest,
  open: (bytes: Uint8Array) => ModuleMessage,
): ReadonlyMap<string, Operand> => {
  const opened = new Map<Uint8Array, ModuleMessage>()
  const read = (bytes: Uint8Array): ModuleMessage => {
    const message = opened.get(bytes) ?? open(bytes)
    opened.set(bytes, message)
    return message
  }
  const operands = new Map<string, Operand>()
  for (const { name } of one.inputs) {
    const [bytes, output] = partFor(one, name, request)
    operands.set(name, operandFrom(spec, one, name, read(bytes), output))
  }
  if (request instanceof Uint8Array) checkAllUsed(one, operands)
  else checkKnown(one, request)
  checkSamples([...opened.values()])
  return operands
}

const partFor = (
  { name: fn, inputs }: FunctionSpec,
  input: string,
  request: ModuleRequest,
): readonly [Uint8Array, string?] => {
  if (request instanceof Uint8Array) return [request]
  if (typeof request !== "object" || request === null) {
    throw new RuntimeError(
      `function "${fn}" is given a message or a record of messages, not ${printGiven(request)}`,
      { code: "wrong-argument" },
    )
  }
  if (request instanceof Promise)
    throw new RuntimeError(`the message for function "${fn}" is ${printGiven(request)}`, {
      code: "wrong-argument",
    })
  const part = Object.hasOwn(request, input) ? request[input] : undefined
  if (part instanceof Uint8Array) return [part]
  if (Array.isArray(part) && part[0] instanceof Uint8Array && typeof part[1] === "string") {
    return part as [Uint8Array, string]
  }
  const names = inputs.map(({ name }) => name).join(", ")
  throw new RuntimeError(
    part === undefined
      ? `input "${input}" of "${fn}" is missing; the function takes ${names}`
      : mismatch(`input "${input}" of "${fn}"`, part, {
          needed: "a message or a pair of a reply and an output",
        }),
    { code: "wrong-input" },
  )
}

const operandFrom = (
  spec: ModuleSpec,
  one: FunctionSpec,
  input: string,
  message: ModuleMessage,
  output: string | undefined,
): Operand => {
  const { label } = message
  if (label.kind === "reply" && !message.round.isLast) {
    throw new RuntimeError(
      `input "${input}" of "${one.name}" is given a reply of round ${label.round + 1} of "${label.function}", which holds no outputs yet\n` +
        `go on with that function first: server.run("${label.function}", client.refresh(reply))`,
      { code: "wrong-round" },
    )
  }
  if (label.kind === "reply" || "refreshed" in label) {
    const age = label.kind === "reply" ? label.age : 0
    return { message, value: wiredOutput(spec, one, input, label.function, output), age }
  }
  if ("round" in label) {
    throw new RuntimeError(
      `this request is for a later round of function "${label.function}", which takes it alone\n` +
        `give it by itself: server.run("${label.function}", client.refresh(reply))`,
      { code: "wrong-round" },
    )
  }
  if (label.function !== one.name) {
    throw new RuntimeError(`this request is for function "${label.function}", not "${one.name}"`, {
      code: "foreign-message",
    })
  }
  if (output !== undefined) {
    throw new RuntimeError(`"${output}" is asked of a request for "${one.name}"; only replies have outputs`, {
      code: "unknown-name",
    })
  }
  if (label.inputs.includes(input)) return { message, value: input, age: 0 }
  throw new RuntimeError(
    `the request holds ${label.inputs.join(", ")} and not input "${input}" of "${one.name}"\n` +
      `encrypt it too, or give each input its message: { ${one.inputs.map(({ name }) => `${name}: …`).join(", ")} }`,
    { code: "wrong-input" },
  )
}

/** The output of a function that an input takes: the asked one, the only one with a wire, or the one of the same name. */
const wiredOutput = (
  spec: ModuleSpec,
  one: FunctionSpec,
  input: string,
  from: string,
  asked: string | undefined,
): string => {
  const { outputs } = functionOf(spec, from)
  const wired = spec.wires
    .filter((wire) => wire.from.function === from && wire.to.function === one.name && wire.to.input === input)
    .map((wire) => wire.from.output)
  if (asked !== undefined && wired.includes(asked)) return asked
  if (asked === undefined && wired.length === 1) return wired[0]!
  if (asked === undefined && wired.includes(input)) return input
  const taken = `input "${input}" of "${one.name}" (${describe(one.inputs.find(({ name }) => name === input)!)})`
  if (asked === undefined && wired.length > 1) {
    throw new RuntimeError(
      `${taken} may take ${wired.join(" or ")} of "${from}"\nsay which: { ${input}: [reply, "${wired[0]}"] }`,
      { code: "wrong-argument" },
    )
  }
  const given = outputs.filter(({ name }) => asked === undefined || name === asked)
  const list = given.map((output) => `${output.name} (${describe(output)})`).join(", ")
  throw new RuntimeError(
    given.length === 0
      ? `function "${from}" has no output "${asked}"; it gives ${outputs.map(({ name }) => name).join(", ")}`
      : `no wire leads from ${list} of "${from}" to ${taken}`,
    { code: "unknown-name" },
  )
}

const describe = ({ secret, lo, hi, shape }: Specification): string =>
  `${secret ? "enc" : "clear"} ${printRange(lo, hi)}${shape.length === 0 ? "" : printShape(shape)}`

/** Of one reply for all inputs, no output may be taken twice: nobody meant that who did not say it. */
const checkAllUsed = ({ name, inputs }: FunctionSpec, operands: ReadonlyMap<string, Operand>): void => {
  const taken = new Set([...operands.values()].map(({ value }) => value))
  if (taken.size === operands.size) return
  throw new RuntimeError(
    `function "${name}" takes ${inputs.length} inputs, and the reply would be given to more than one\n` +
      `give each input its message: { ${inputs.map((input) => `${input.name}: …`).join(", ")} }`,
    { code: "wrong-argument" },
  )
}

const checkKnown = ({ name: fn, inputs }: FunctionSpec, request: object): void => {
  const unknown = Object.keys(request).find((key) => !inputs.some(({ name }) => name === key))
  if (unknown === undefined) return
  const names = inputs.map(({ name }) => name)
  throw new RuntimeError(`function "${fn}" has no input ${printGiven(unknown)}${nearest(unknown, names)}`, {
    code: "unknown-name",
  })
}

/** All messages must hold the same samples. */
const checkSamples = (messages: readonly ModuleMessage[]): void => {
  const [first, ...others] = messages.map(({ message }) => message.samples)
  const other = others.find((samples) => samples !== first)
  if (other === undefined) return
  throw new RuntimeError(
    `the messages hold ${first} and ${other} samples; all inputs of a run are of the same samples`,
    { code: "wrong-input" },
  )
}
