import { nearestOf, ProgramError } from "../../data/index.ts"

/**
 * What plain JavaScript reads from an object when it treats it as a number, a string or an array, and what to write in
 * its place. `if (x)`, `!x`, `x && y` and `x === y` read nothing, so they cannot be caught: see `where`.
 */
const remedy = (key: string | symbol): string | undefined => {
  if (key === Symbol.iterator)
    return "it cannot be iterated over\nwrite x.at(i) for element i, x.shape[0] for their number"
  if (key === "length")
    return "it has no length\nwrite x.shape[0] for the first axis, x.size for all elements"
  if (typeof key === "string" && /^-?\d+$/.test(key)) {
    return `it is not indexed with brackets\nwrite x.at(${key}) in place of x[${key}]`
  }
  return undefined
}

const coercion: Readonly<Record<string, string>> = {
  default: "it has no value yet\nwrite x.add(1) in place of x + 1, x.eq(1) in place of x == 1",
  number:
    "it has no value yet\nwrite x.sub(1) in place of x - 1, x.gt(y) in place of x > y, x.abs() in place of Math.abs(x)",
  string:
    "it has no value yet\nwrite x.lookup(table) in place of table[x]; to print its type, x.toString() or console.log(x)",
}

const refuse = (tensor: unknown, why: string): never => {
  throw new ProgramError(`${(tensor as object).toString()} is known only when the program runs: ${why}`, {
    code: "data-dependent",
  })
}

/** What others look for to tell what an object is: promises, JSON, test tools, the names of pages' elements. */
const isProbe = (key: string): boolean =>
  /^[@_$]/.test(key) ||
  ["then", "toJSON", "inspect", "nodeType", "tagName", "asymmetricMatch", "label"].includes(key)

const suggestion = (key: string, names: readonly string[]): string => {
  const near = nearestOf(key, names)
  return near === undefined ? "" : `; did you mean ${near}?`
}

/** The operators and properties that an object has by its classes. */
const namesOf = (tensor: unknown): string[] => {
  const names: string[] = []
  for (let at = Object.getPrototypeOf(tensor); at !== null && at !== trapped; at = Object.getPrototypeOf(at))
    names.push(...Object.getOwnPropertyNames(at).filter((name) => name !== "constructor"))
  return names
}

const trap: ProxyHandler<object> = {
  get(target, key, tensor) {
    if (key === Symbol.toPrimitive) return (hint: string) => refuse(tensor, coercion[hint]!)
    const why = remedy(key)
    if (why !== undefined) return refuse(tensor, why)
    if (typeof key === "symbol" || key in target || isProbe(key)) return Reflect.get(target, key, tensor)
    throw new ProgramError(
      `a tensor has no ${key}${suggestion(key, namesOf(tensor))}\nall operators are in docs/operators.md`,
      { code: "unknown-name" },
    )
  },
  set(_target, key, _value, tensor) {
    return refuse(
      tensor,
      `it cannot be changed, so "${String(key)}" cannot be set\nmake a new tensor, as where and concat do`,
    )
  },
}

/**
 * The prototype of objects that stand for values that do not exist yet. A property that no class of theirs has is looked
 * up here last; those that coercion and iteration ask for throw ProgramError with the method to use.
 */
export const trapped: object = new Proxy(Object.prototype, trap)
