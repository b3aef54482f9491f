import { RuntimeError } from "../../data/index.ts"
import { readCbor, writeCbor } from "../spec/cbor.ts"
import type { ModuleRequest } from "./module-operands.ts"

/** A call of a function of a module. */
export interface ModuleCall {
  readonly name: string
  readonly request: ModuleRequest
}

/** A call as one piece of bytes, as it travels over HTTP: each of its messages once, however many inputs take it. */
export const packCall = ({ name, request }: ModuleCall): Uint8Array => {
  if (request instanceof Uint8Array) return writeCbor({ function: name, messages: [request] })
  const messages: Uint8Array[] = []
  const operands = Object.entries(request).map(([input, given]) => {
    const [message, output] = given instanceof Uint8Array ? [given] : given
    const known = messages.indexOf(message)
    const place = known < 0 ? messages.push(message) - 1 : known
    return [input, output === undefined ? [place] : [place, output]]
  })
  return writeCbor({ function: name, messages, operands: Object.fromEntries(operands) })
}

/** Throws RuntimeError for bytes that are no call. What its messages hold is not looked at. */
export const unpackCall = (bytes: Uint8Array): ModuleCall => {
  const found = read(bytes)
  const { function: name, messages, operands } = found as Record<string, unknown>
  if (typeof name !== "string" || !isMessages(messages)) throw damaged()
  if (operands === undefined) {
    if (messages.length !== 1) throw damaged()
    return { name, request: messages[0]! }
  }
  if (typeof operands !== "object" || operands === null || Array.isArray(operands)) throw damaged()
  const request = Object.entries(operands).map(([input, place]) => [input, operandOf(messages, place)])
  return { name, request: Object.fromEntries(request) }
}

/** The messages of a call, each once. */
export const messagesOf = ({ request }: ModuleCall): readonly Uint8Array[] =>
  request instanceof Uint8Array
    ? [request]
    : [...new Set(Object.values(request).map((given) => (given instanceof Uint8Array ? given : given[0])))]

const read = (bytes: Uint8Array): object => {
  try {
    const found = readCbor(bytes)
    if (typeof found === "object" && found !== null) return found
  } catch {
    // Said below.
  }
  throw damaged()
}

const isMessages = (value: unknown): value is Uint8Array[] =>
  Array.isArray(value) && value.every((each) => each instanceof Uint8Array)

const operandOf = (
  messages: readonly Uint8Array[],
  place: unknown,
): Uint8Array | readonly [Uint8Array, string] => {
  const [at, output] = Array.isArray(place) ? place : []
  const message = typeof at === "number" ? messages[at] : undefined
  if (message === undefined || !(output === undefined || typeof output === "string")) throw damaged()
  return output === undefined ? message : [message, output]
}

const damaged = (): RuntimeError =>
  new RuntimeError("the request is no call of a function of a module, or was altered", { code: "damaged" })
