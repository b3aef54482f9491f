import { isArrayLike } from "../nested.ts"

/** What a value may be: a test, and words for it that follow "not", as "an integer". */
export interface Form<T = unknown> {
  readonly needed: string
  readonly accepts: (value: unknown) => value is T
}

/** A form from its words and its test. */
export const form = <T>(needed: string, accepts: (value: unknown) => boolean): Form<T> => ({
  needed,
  accepts: accepts as Form<T>["accepts"],
})

/** Forms of options and arguments that have no rule of their own. */
export const forms = {
  /** Left to who reads it. */
  anything: form<never>("anything", () => true),
  text: form<string>("text", (value) => typeof value === "string"),
  flag: form<boolean>("true or false", (value) => typeof value === "boolean"),
  number: form<number>("a number", (value) => typeof value === "number" && !Number.isNaN(value)),
  /** From 0. */
  count: form<number>("an integer from 0", (value) => Number.isSafeInteger(value) && (value as number) >= 0),
  /** From 1. */
  positive: form<number>(
    "an integer from 1",
    (value) => Number.isSafeInteger(value) && (value as number) >= 1,
  ),
  list: form<readonly never[]>("a list", Array.isArray),
  /** A class is none: it cannot be called. */
  function: form<(...args: never[]) => unknown>("a function", (value) => isCallable(value)),
  object: form<object>("an object", (value) => typeof value === "object" && value !== null),
  bytes: form<Uint8Array>("a Uint8Array", (value) => value instanceof Uint8Array),
  signal: form<AbortSignal>("an AbortSignal", (value) => value instanceof AbortSignal),
} as const

const isCallable = (value: unknown): boolean =>
  typeof value === "function" && !/^class\b/.test(Function.prototype.toString.call(value))

/** One of some words. */
export const oneOf = <const W extends string | number>(...words: readonly W[]): Form<W> =>
  form(words.map((word) => (typeof word === "string" ? `"${word}"` : word)).join(" or "), (value) =>
    words.includes(value as W),
  )

/** Whether a value is an object as `{}` writes it. */
export const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value))

/** What kind of value this is, and nothing of what it holds: for places where keys are given. */
export const printKind = (value: unknown): string => {
  if (value instanceof Promise) return printGiven(value)
  if (value === null || value === undefined) return "missing"
  if (typeof value === "string") return "text"
  if (Array.isArray(value)) return "an array"
  if (isPlainObject(value)) return "an object"
  return typeof value === "object" ? `a ${value.constructor?.name || "value"}` : `a ${typeof value}`
}

/** The same in the middle of a sentence: without the advice that a value may bring. */
export const printInline = (value: unknown): string => printGiven(value).split("\n")[0]!

const LONGEST = 60

/** A value as messages show it, in few words. */
export const printGiven = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(cut(value))
  if (typeof value === "bigint") return `${value}n`
  if (value === undefined) return "missing"
  if (typeof value === "function") return "a function"
  if (typeof value === "symbol") return "a symbol"
  if (typeof value === "number") return Number.isNaN(value) ? "not a number" : String(value)
  if (isArrayLike(value)) return printList(value)
  if (typeof value !== "object" || value === null) return String(value)
  if (value instanceof Promise) return "a Promise\nwait for it with await"
  if (isPlainObject(value)) {
    const names = Object.keys(value)
    return names.length === 0 ? "an empty object" : cut(`an object with ${names.join(", ")}`)
  }
  // Tensors print their type; what has no text of its own is named by its class.
  const text = Object.hasOwn(value, "toString") || value.toString !== Object.prototype.toString
  return text && !(value instanceof Map) ? cut(value.toString()) : `a ${value.constructor?.name || "value"}`
}

const printList = (list: ArrayLike<unknown>): string => {
  const shown = Array.from({ length: Math.min(list.length, 8) }, (_, i) => printGiven(list[i]))
  const text = `[${shown.join(", ")}${list.length > 8 ? ", …" : ""}]`
  return text.length <= LONGEST ? text : `a list of ${list.length}`
}

const cut = (text: string): string => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`)
