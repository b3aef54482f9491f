import { createRequire } from "node:module"
import type { MathJsInstance, MathNode } from "mathjs"
import { ProgramError, printGiven } from "../../data/index.ts"
import { lazily } from "../lazily.ts"
import type { Type } from "../type.ts"
import { functions, operators, type ScalarFunction, valley } from "./functions.ts"
import { doubtOf, gapOf } from "./gaps.ts"
import { everything, hull, type Interval, interval } from "./interval.ts"

/** A real function of a few operands, written in mathjs' syntax; two with equal `text` are the same function. */
export interface Expression {
  /** The canonical spelling. */
  readonly text: string
  /** One more than the largest operand named. */
  readonly arity: number
  /** The operands named, ascending. */
  readonly uses: readonly number[]
  /**
   * The value at a point, a double as IEEE 754 has them: -0 is a value of its own, NaN stands where the function is
   * undefined, ±Infinity where it overflows.
   */
  evaluate(point: readonly number[]): number
  /** Bounds by interval arithmetic on all values that are numbers. */
  bound(operands: readonly Interval[]): Interval
  /** What has no finite value at a point, in words such as "a division by zero"; undefined where the whole has one. */
  gap(point: readonly number[]): string | undefined
  /** Why interval arithmetic finds no bounds, in words such as "it divides by a value in -1..3"; undefined where it does. */
  doubt(operands: readonly Interval[]): string | undefined
}

const LONGEST = 10_000
const DEEPEST = 1_000

/**
 * Reads an expression: numbers, pi, e, tau; operands x, y, z, x3, x4, …; + - * / ^ %, comparisons, not, and, or, ?: and
 * the functions of `expression-functions.ts`. Throws ProgramError for everything else that mathjs can parse.
 */
export const parseExpression = (text: string): Expression => {
  if (text.length > LONGEST) {
    throw new ProgramError(`an expression of ${text.length} characters; at most ${LONGEST} are read`, {
      code: "too-large",
    })
  }
  const uses = new Set<number>()
  const part = read(parseTree(text), text, uses, 0)
  const named = [...uses].sort((a, b) => a - b)
  const { level: _, ...rest } = part
  return Object.freeze({ ...rest, arity: (named.at(-1) ?? -1) + 1, uses: named })
}

/** The name of operand `index` in an expression. */
export const operandName = (index: number): string => ["x", "y", "z"][index] ?? `x${index}`

/**
 * What an expression may give for operands of these types. `integer` holds when every result is whole because of how the
 * expression is built (a rounding outermost, integer arithmetic on integer operands). The bounds are the exact image when
 * the operands it names have at most `limit` combinations, and interval arithmetic otherwise.
 * Throws ProgramError naming the first combination where an integer result is not a finite number; real values may be
 * undefined where nothing is made of them.
 */
export const boundExpression = (
  expression: Expression,
  types: readonly Type[],
  limit: bigint,
): { integer: boolean; lo: number; hi: number } => {
  const rough = expression.bound(intervalsOf(types))
  const count = expression.uses.reduce((n, k) => n * choices(types[k]!, limit), 1n)
  const { lo, hi } = count <= limit ? image(expression, types, Number(count), rough.whole) : rough
  return { integer: rough.whole, lo, hi }
}

/** Whether every result is whole because of how an expression of operands of these types is built. */
export const isWhole = (expression: Expression, types: readonly Type[]): boolean =>
  expression.bound(intervalsOf(types)).whole

/** What interval arithmetic is told of operands. */
export const intervalsOf = (types: readonly Type[]): Interval[] =>
  types.map(({ kind, lo, hi }) => interval(Number(lo), Number(hi), kind === "int"))

/** How many values an operand takes, or more than `limit`; a real one takes too many unless it is one number: 0 is two. */
const choices = (type: Type, limit: bigint): bigint => {
  if (type.kind === "int") return type.hi - type.lo + 1n
  return type.lo === type.hi && type.lo !== 0 ? 1n : limit + 1n
}

/** The message for a point where an expression has no usable value. */
export const undefinedAt = ({ text, uses, evaluate, gap }: Expression, point: readonly number[]): string => {
  const where = uses.map((k) => `${operandName(k)} = ${point[k]! + 0}`).join(", ")
  const what = Number.isNaN(evaluate(point)) ? "not a number" : "infinite"
  const why = gap(point)
  return (
    `"${text}" is ${what}${where === "" ? "" : ` at ${where}`}${why === undefined ? "" : `: it is ${why}`}\n` +
    "narrow the operand with clip, or choose another value there with a conditional"
  )
}

const image = (
  expression: Expression,
  types: readonly Type[],
  count: number,
  whole: boolean,
): { lo: number; hi: number } => {
  const { uses, evaluate } = expression
  const point = types.map(({ lo }) => Number(lo))
  let lo = Infinity
  let hi = -Infinity
  for (let i = 0; i < count; i++) {
    const value = evaluate(point)
    if (whole && !Number.isFinite(value))
      throw new ProgramError(undefinedAt(expression, point), { code: "out-of-range" })
    if (value < lo) lo = value
    if (value > hi) hi = value
    // Counts through the combinations; the first operand named turns fastest.
    for (const k of uses) {
      point[k]! += 1
      if (point[k]! <= Number(types[k]!.hi)) break
      point[k] = Number(types[k]!.lo)
    }
  }
  return lo > hi ? everything : { lo: lo + 0, hi: hi + 0 }
}

/** mathjs, loaded on first use: its browser bundle loads ten times faster than the package. */
const mathjs = lazily((): MathJsInstance => createRequire(import.meta.url)("mathjs/lib/browser/math.js"))

/**
 * mathjs' tree for a text, to be read and never evaluated. Throws what mathjs throws: a SyntaxError whose `char` is the
 * place counted from 1, or a RangeError for text that is nested too deeply.
 */
export const parseMath = (text: string): MathNode => mathjs().parse(text)

const parseTree = (text: string): MathNode => {
  try {
    return parseMath(text)
  } catch (cause) {
    const why = cause instanceof RangeError ? "it is nested too deeply" : (cause as Error).message
    throw new ProgramError(`${quote(text)} is not an expression: ${why}`, { code: "syntax", cause })
  }
}

const quote = (text: string): string => (text.length <= 60 ? `"${text}"` : `"${text.slice(0, 59)}…"`)

/** How tightly a part binds when printed, loosest first. */
const LEVEL = { conditional: 0, or: 1, and: 2, comparison: 3, sum: 4, product: 5, sign: 6, power: 7, atom: 8 }

/** A compiled piece of an expression. */
interface Part {
  readonly text: string
  readonly level: number
  readonly evaluate: (point: readonly number[]) => number
  readonly bound: (operands: readonly Interval[]) => Interval
  readonly gap: (point: readonly number[]) => string | undefined
  readonly doubt: (operands: readonly Interval[]) => string | undefined
}

const infix = {
  add: ["+", LEVEL.sum, operators.add],
  subtract: ["-", LEVEL.sum, operators.subtract],
  multiply: ["*", LEVEL.product, operators.multiply],
  divide: ["/", LEVEL.product, operators.divide],
  smaller: ["<", LEVEL.comparison, operators.smaller],
  smallerEq: ["<=", LEVEL.comparison, operators.smallerEq],
  larger: [">", LEVEL.comparison, operators.larger],
  largerEq: [">=", LEVEL.comparison, operators.largerEq],
  equal: ["==", LEVEL.comparison, operators.equal],
  unequal: ["!=", LEVEL.comparison, operators.unequal],
} as const satisfies Record<string, readonly [string, number, ScalarFunction]>

const constants: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E, tau: 2 * Math.PI }

const gelu = (x: number): number => (x * (1 + erf(x * Math.SQRT1_2))) / 2
const erf = (x: number): number => mathjs().erf(x)
const GELU_LOWEST = -0.7517915247

/** The functions of the table, and those that mathjs computes. */
const callable: Readonly<Record<string, ScalarFunction>> = {
  ...functions,
  erf: {
    arity: 1,
    evaluate: (x) => erf(x!),
    bound: (a) => interval(erf(a!.lo) - 1e-12, erf(a!.hi) + 1e-12),
  },
  gelu: {
    arity: 1,
    evaluate: (x) => gelu(x!),
    bound: (a) => {
      const { lo, hi } = valley(gelu, GELU_LOWEST).bound(a!)
      return interval(lo - 1e-12 * Math.max(1, Math.abs(a!.lo)), hi + 1e-12 * Math.max(1, Math.abs(a!.hi)))
    },
  },
}

/** Why a constant is none that is computed with. */
const describeConstant = (source: string, node: MathNode, value: unknown): string => {
  if (source.trim() === "") return "it is empty"
  if (typeof value === "number") return "it has a number that is not finite"
  return value === undefined ? "it has what is not a number" : `${String(node).slice(0, 40)} is not a number`
}

/** Checks and compiles one node of mathjs' tree. Nothing of mathjs is evaluated, so hostile text reaches no more than its parser. */
const read = (node: MathNode, source: string, uses: Set<number>, depth: number): Part => {
  if (depth > DEEPEST)
    throw new ProgramError(`${quote(source)} is nested deeper than ${DEEPEST}`, { code: "too-large" })
  const sub = (child: MathNode): Part => read(child, source, uses, depth + 1)
  const refuse = (what: string, fix: string): never => {
    throw new ProgramError(`${quote(source)}: ${what}\n${fix}`, { code: "syntax" })
  }
  switch (node.type) {
    case "ParenthesisNode":
      return sub((node as unknown as { content: MathNode }).content)
    case "ConstantNode": {
      const { value } = node as unknown as { value: unknown }
      if (typeof value !== "number" || !Number.isFinite(value)) {
        return refuse(describeConstant(source, node, value), "write finite decimal numbers")
      }
      return constant(String(value), value)
    }
    case "SymbolNode": {
      const { name } = node as unknown as { name: string }
      if (Object.hasOwn(constants, name)) return constant(name, constants[name]!)
      const index = /^x([3-9]|[1-9]\d{1,2})$/.test(name)
        ? Number(name.slice(1))
        : ["x", "y", "z"].indexOf(name)
      if (index < 0)
        return refuse(
          `there is no ${printGiven(name)}`,
          "operands are x, y, z, x3, x4, …; constants pi, e, tau",
        )
      uses.add(index)
      return {
        text: name,
        level: LEVEL.atom,
        evaluate: (point) => point[index]!,
        bound: (operands) => operands[index]!,
        gap: (point) => (Number.isFinite(point[index]!) ? undefined : "a value that has no finite value"),
        doubt: (operands) =>
          isBounded(operands[index]!) ? undefined : "it is made of a value without bounds",
      }
    }
    case "FunctionNode": {
      const { fn, args } = node as unknown as { fn: { name?: unknown }; args: MathNode[] }
      const name = String(fn.name ?? fn)
      if (!Object.hasOwn(callable, name)) {
        return refuse(`there is no function "${name}"`, `functions are ${Object.keys(callable).join(", ")}`)
      }
      const { arity } = callable[name]!
      if (arity === "many" ? args.length === 0 : args.length !== arity) {
        return refuse(
          `${name} of ${args.length} operands`,
          `it takes ${arity === "many" ? "one or more" : arity}`,
        )
      }
      return call(name, callable[name]!, args.map(sub))
    }
    case "OperatorNode": {
      const { fn, args } = node as unknown as { fn: string; args: MathNode[] }
      const part = operator(fn, args.map(sub))
      return part ?? refuse(`there is no operator "${(node as unknown as { op: string }).op}"`, OPERATORS)
    }
    case "ConditionalNode": {
      const { condition, trueExpr, falseExpr } = node as unknown as Record<string, MathNode>
      return conditional(sub(condition!), sub(trueExpr!), sub(falseExpr!))
    }
    default:
      return refuse(`it holds ${FOREIGN[node.type] ?? "something"}, which expressions do not have`, OPERATORS)
  }
}

/** What mathjs reads, and expressions do not have. */
const FOREIGN: Readonly<Record<string, string>> = {
  AccessorNode: "a property or an index",
  ArrayNode: "a list",
  AssignmentNode: "an assignment",
  BlockNode: "several expressions",
  FunctionAssignmentNode: "the definition of a function",
  IndexNode: "an index",
  ObjectNode: "an object",
  RangeNode: "a range",
  RelationalNode: "a chain of comparisons",
}

const OPERATORS = "operators are + - * / ^ %, < <= > >= == != between two operands, not, and, or, and ?:"

const constant = (text: string, value: number): Part => {
  const only = interval(value, value, Number.isInteger(value))
  const nothing = () => undefined
  return { text, level: LEVEL.atom, evaluate: () => value, bound: () => only, gap: nothing, doubt: nothing }
}

const operator = (fn: string, args: readonly Part[]): Part | undefined => {
  const [a, b] = args as [Part, Part]
  switch (fn) {
    case "unaryPlus":
      return a
    case "unaryMinus":
      return { ...call("", operators.unaryMinus, [a]), text: `-${inside(a, LEVEL.sign)}`, level: LEVEL.sign }
    case "not":
      return { ...conditional(a, NO, YES), text: `not ${inside(a, LEVEL.sign)}`, level: LEVEL.sign }
    case "and":
      return { ...conditional(a, truth(b), NO), ...infixText("and", LEVEL.and, a, b) }
    case "or":
      return { ...conditional(a, YES, truth(b)), ...infixText("or", LEVEL.or, a, b) }
    case "mod":
      return call("mod", functions["mod"]!, args)
    case "pow": {
      const text = `${inside(a, LEVEL.atom)} ^ ${inside(b, LEVEL.sign)}`
      return { ...call("", functions["pow"]!, args), text, level: LEVEL.power }
    }
  }
  if (!Object.hasOwn(infix, fn)) return undefined
  const [symbol, level, def] = infix[fn as keyof typeof infix]
  return { ...call("", def, args), ...infixText(symbol, level, a, b) }
}

const infixText = (symbol: string, level: number, a: Part, b: Part): { text: string; level: number } => ({
  // mathjs reads a < b < c as one chained comparison, so that neither side may be one.
  text: `${inside(a, level === LEVEL.comparison ? level + 1 : level)} ${symbol} ${inside(b, level + 1)}`,
  level,
})

const inside = (part: Part, level: number): string => (part.level < level ? `(${part.text})` : part.text)

const call = (name: string, def: ScalarFunction, args: readonly Part[]): Part => {
  const [a, b] = args
  const evaluate: Part["evaluate"] =
    args.length === 1
      ? (point) => def.evaluate(a!.evaluate(point))
      : args.length === 2
        ? (point) => def.evaluate(a!.evaluate(point), b!.evaluate(point))
        : (point) => def.evaluate(...args.map((arg) => arg.evaluate(point)))
  return {
    text: `${name}(${args.map((arg) => arg.text).join(", ")})`,
    level: LEVEL.atom,
    evaluate,
    bound: (operands) => def.bound(...args.map((arg) => arg.bound(operands))),
    gap: (point) => {
      const value = evaluate(point)
      if (Number.isFinite(value)) return undefined
      const below = firstOf(args, (arg) => arg.gap(point))
      const values = args.map((arg) => arg.evaluate(point))
      return below ?? gapOf(nameOf(name, def), values, Number.isNaN(value))
    },
    doubt: (operands) => {
      const parts = args.map((arg) => arg.bound(operands))
      if (isBounded(def.bound(...parts))) return undefined
      return firstOf(args, (arg) => arg.doubt(operands)) ?? doubtOf(nameOf(name, def), parts)
    },
  }
}

const isBounded = ({ lo, hi }: Interval): boolean => Number.isFinite(lo) && Number.isFinite(hi)

/** The first result that is there. */
const firstOf = <T, R>(items: readonly T[], of: (item: T) => R | undefined): R | undefined => {
  for (const item of items) {
    const result = of(item)
    if (result !== undefined) return result
  }
  return undefined
}

/** The name of a function or, where it is written with a sign, of the operator. */
const nameOf = (name: string, def: ScalarFunction): string =>
  name !== "" ? name : def === functions["pow"] ? "pow" : def === operators.divide ? "divide" : ""

const YES = constant("1", 1)
const NO = constant("0", 0)
const truth = (part: Part): Part => conditional(part, YES, NO)

/** Only the branch that is taken is computed; undefined where the condition is. */
const conditional = (condition: Part, yes: Part, no: Part): Part => ({
  text: `${inside(condition, LEVEL.or)} ? ${inside(yes, LEVEL.or)} : ${no.text}`,
  level: LEVEL.conditional,
  evaluate: (point) => {
    const chosen = condition.evaluate(point)
    if (Number.isNaN(chosen)) return chosen
    return chosen === 0 ? no.evaluate(point) : yes.evaluate(point)
  },
  bound: (operands) => {
    const { lo, hi } = condition.bound(operands)
    if (lo > 0 || hi < 0) return yes.bound(operands)
    return lo === 0 && hi === 0 ? no.bound(operands) : hull(yes.bound(operands), no.bound(operands))
  },
  gap: (point) => {
    const chosen = condition.evaluate(point)
    if (Number.isNaN(chosen)) return condition.gap(point)
    return chosen === 0 ? no.gap(point) : yes.gap(point)
  },
  doubt: (operands) => yes.doubt(operands) ?? no.doubt(operands),
})
