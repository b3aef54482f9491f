import { nearest } from "../../data/index.ts"
import { type Allowance, allowance, failAt, type Line } from "../../ir/index.ts"
import { isConstant, type TensorLike } from "../core/operands.ts"
import { isTensor } from "../core/tensor-base.ts"
import { constant } from "../create/constant.ts"
import { where } from "../operators/order/choice.ts"
import { stack } from "../operators/shape/join.ts"
import type { Tensor } from "../tensor/tensor.ts"
import {
  callFunction,
  complaintAboutCall,
  complaintAboutOption,
  type FormulaValue,
  isFunction,
  plainOf,
} from "./functions.ts"
import { checkIndex, elementsAt, extentOf, integersFrom } from "./one-based-index.ts"
import { binary, comparisonSymbol, truth, unary } from "./operators.ts"
import {
  checkRoom,
  elementsChosen,
  elementsOf,
  elementsOfCall,
  elementsOfProduct,
  roomFor,
  takeRoom,
} from "./room.ts"
import { FormulaTokens } from "./tokens.ts"
import { parseFormula, type Tree } from "./tree.ts"

/** One operation of a formula on the results of earlier ones; `at` is the place that it is written at. */
export interface Step {
  readonly at: number
  readonly operands: readonly number[]
  run(...operands: readonly FormulaValue[]): FormulaValue
}

const DEEPEST = 500

const CONSTANTS: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E, tau: 2 * Math.PI }

/**
 * The steps of a formula; the last one's result is the formula's. A step throws when its result does not fit in what may be taken.
 * Throws ProgramError with the line and a caret.
 */
export const stepsOf = (line: Line, inputs: Readonly<Record<string, TensorLike>>): readonly Step[] => {
  const reader = new FormulaReader(line, inputs)
  reader.read(parseFormula(line), 0)
  return reader.steps
}

/** Walks mathjs' tree in reading order and writes down what is to be done. Nothing of mathjs is evaluated. */
class FormulaReader {
  readonly steps: Step[] = []
  readonly #line: Line
  readonly #inputs: Readonly<Record<string, TensorLike>>
  readonly #tokens: FormulaTokens
  readonly #left: Allowance
  /** The steps that give the values of names. */
  readonly #names = new Map<string, number>()
  /** What `end` stands for where an index is read. */
  #end: ((at: number) => number) | undefined

  constructor(line: Line, inputs: Readonly<Record<string, TensorLike>>) {
    this.#line = line
    this.#inputs = inputs
    this.#tokens = new FormulaTokens(line.text)
    this.#left = allowance(line.text.length)
  }

  /** Appends the steps of a part and returns the number of the last one. */
  read(tree: Tree, depth: number): number {
    if (depth > DEEPEST) this.#fail(`the formula is nested deeper than ${DEEPEST}`, this.#tokens.at)
    const sub = (child: Tree): number => this.read(child, depth + 1)
    const tokens = this.#tokens
    switch (tree.type) {
      case "ParenthesisNode":
        return sub(tree.content)
      case "ConstantNode":
        return this.#constant(tree.value)
      case "SymbolNode":
        return this.#name(tree.name)
      case "OperatorNode":
        return this.#operator(tree, sub)
      case "RelationalNode": {
        // a < b <= c is a < b and b <= c.
        const [first, ...rest] = tree.params
        let left = sub(first!)
        let all: number | undefined
        rest.forEach((param, i) => {
          const fn = tree.conditionals[i]!
          const at = tokens.take(comparisonSymbol[fn]!)
          const right = sub(param)
          const one = this.#emit(at, [left, right], binary[fn]!)
          all = all === undefined ? one : this.#emit(at, [all, one], binary["and"]!)
          left = right
        })
        return all!
      }
      case "ConditionalNode": {
        const condition = sub(tree.condition)
        const at = tokens.take("?")
        const yes = sub(tree.trueExpr)
        tokens.take(":")
        return this.#emit(at, [condition, yes, sub(tree.falseExpr)], (c, a, b) => where(truth(c), a, b))
      }
      case "FunctionNode":
        return this.#call(tree, sub)
      case "ArrayNode": {
        const at = tokens.take("[")
        return this.#emit(at, tree.items.map(sub), matrix)
      }
      case "RangeNode":
        return this.#range(tree, sub)
      case "AccessorNode":
        return this.#element(tree, sub)
      case "AssignmentNode": {
        if (tree.object.type !== "SymbolNode" || tree.index !== null) {
          return this.#fail(
            "only names are assigned to\nwrite x = set(x, [0], value), which counts from 0, to replace elements",
            tokens.at,
          )
        }
        tokens.take(tree.object.name)
        tokens.take("=")
        const value = sub(tree.value)
        this.#names.set(tree.object.name, value)
        return value
      }
      case "BlockNode": {
        const results = tree.blocks.map(({ node }) => sub(node))
        // The last statement may be a name, whose step is an earlier one.
        return this.#emit(tokens.at, [results.at(-1)!], (x) => x)
      }
      case "ObjectNode":
        return this.#fail(
          "{…} stands only as the last argument of a function: sum(x, {axis: 0})",
          tokens.take("{"),
        )
      default:
        return this.#fail(`formulas have no ${nameOf((tree as { type: string }).type)}`, tokens.at)
    }
  }

  #emit(
    at: number,
    operands: readonly number[],
    run: (...operands: Tensor[]) => FormulaValue,
    elements: (operands: readonly FormulaValue[]) => number = elementsOf,
  ): number {
    const left = this.#left
    const runInRoom = (...given: readonly FormulaValue[]): FormulaValue => {
      checkRoom(left, elements(given))
      const result = (run as Step["run"])(...given)
      takeRoom(left, given, result)
      return result
    }
    return this.steps.push({ at, operands, run: runInRoom }) - 1
  }

  #fail(message: string, at: number): never {
    return failAt(this.#line, message, at)
  }

  #constant(value: unknown): number {
    if (typeof value === "boolean") {
      return this.#emit(this.#tokens.take(String(value)), [], () => constant(value))
    }
    if (typeof value !== "number" || !Number.isFinite(value)) {
      return this.#fail(noNumber(value), this.#tokens.at)
    }
    const { at, text } = this.#tokens.takeLiteral()
    const exact = /^\d+$/.test(text) && !Number.isSafeInteger(value) ? BigInt(text) : value
    return this.#emit(at, [], () => constant(exact))
  }

  #name(name: string): number {
    if (name === "end" && this.#end !== undefined) return this.#end(this.#tokens.take(name))
    const at = this.#tokens.take(name)
    const known = this.#names.get(name)
    if (known !== undefined) return known
    const value = Object.hasOwn(this.#inputs, name)
      ? this.#inputs[name]
      : Object.hasOwn(CONSTANTS, name)
        ? CONSTANTS[name]
        : this.#fail(this.#unknown(name), at)
    const step = this.#emit(at, [], () => {
      const given = isTensor(value) ? value : constant(value as never)
      this.#left.bytes += roomFor(given)
      return given
    })
    this.#names.set(name, step)
    return step
  }

  #unknown(name: string): string {
    if (name === "end") return "end stands only inside an index: x[end]"
    if (isFunction(name)) return `${name} is a function\nwrite ${name}(…)`
    return `there is no ${name.slice(0, 60)}${nearest(name, [...this.#known(), ...Object.keys(CONSTANTS)])}`
  }

  #known(): string[] {
    return [...new Set([...Object.keys(this.#inputs), ...this.#names.keys()])]
  }

  #operator(tree: Extract<Tree, { type: "OperatorNode" }>, sub: (child: Tree) => number): number {
    const { op, fn, args, implicit, isPercentage } = tree
    const [a, b] = args as readonly [Tree, Tree?]
    if (b === undefined) {
      const isBehind = op === "'" || op === "!"
      const before = isBehind ? undefined : this.#tokens.take(op)
      const operand = sub(a)
      const at = before ?? this.#tokens.take(op)
      return this.#emit(at, [operand], own(unary, fn) ?? this.#noOperator(op, at))
    }
    const left = sub(a)
    if (isPercentage) return this.#fail("per cent are not read\nwrite / 100", this.#tokens.take("%"))
    const at = implicit ? this.#tokens.at : this.#tokens.take(op)
    const operator = own(binary, fn) ?? this.#noOperator(op, at)
    return this.#emit(at, [left, sub(b)], operator, fn === "multiply" ? elementsOfProduct : elementsOf)
  }

  #noOperator(op: string, at: number): never {
    return this.#fail(
      `formulas have no operator ${op}\noperators are + - * / ^ % .* ./ .^ ' < <= > >= == != & | ^| ~ << >>, and or xor not, and ? :`,
      at,
    )
  }

  #call({ fn, args }: Extract<Tree, { type: "FunctionNode" }>, sub: (child: Tree) => number): number {
    if (fn.type !== "SymbolNode")
      return this.#fail("only functions are called, by their names", this.#tokens.at)
    const at = this.#tokens.take(fn.name)
    if (!isFunction(fn.name) && this.#known().includes(fn.name)) {
      this.#fail(
        `${fn.name} is a value and no function\nwrite ${fn.name}[…] for its elements, ${fn.name} * (…) for a product`,
        at,
      )
    }
    const last = args.at(-1)
    const options = last?.type === "ObjectNode" ? last.properties : undefined
    const values = options === undefined ? args : args.slice(0, -1)
    const complaint = complaintAboutCall(fn.name, values.length)
    if (complaint !== undefined) this.#fail(complaint, at)
    const operands = values.map(sub)
    if (options !== undefined) operands.push(this.#options(fn.name, options, sub))
    const check = (given: readonly unknown[]): void => checkRoom(this.#left, elementsOfCall(fn.name, given))
    return this.#emit(at, operands, (...given) => callFunction(fn.name, given, check))
  }

  #options(callee: string, properties: Readonly<Record<string, Tree>>, sub: (child: Tree) => number): number {
    const at = this.#tokens.take("{")
    const entries = Object.entries(properties).map(([name, value]): [string, number] => {
      const place = this.#tokens.take(name, `"${name}"`, `'${name}'`)
      const complaint = complaintAboutOption(callee, name)
      if (complaint !== undefined) this.#fail(complaint, place)
      this.#tokens.take(":")
      return [name, isWord(value) ? this.#word(value.value) : sub(value)]
    })
    return this.#emit(
      at,
      entries.map(([, step]) => step),
      (...values) => Object.fromEntries(entries.map(([name], i) => [name, optionOf(values[i]!)])),
    )
  }

  /** What only options can be: `{keepDims: true, mode: "edge", axis: null}`. */
  #word(value: Word): number {
    const at = typeof value === "string" ? this.#tokens.takeLiteral().at : this.#tokens.take(String(value))
    return this.#emit(at, [], () => ({ [WORD]: value }))
  }

  #range(tree: Extract<Tree, { type: "RangeNode" }>, sub: (child: Tree) => number): number {
    const { start, step, end } = tree
    // mathjs writes 1 and end where nothing stands.
    const one = (): number => this.#emit(this.#tokens.at, [], () => constant(1))
    const first = this.#tokens.next === ":" ? one() : sub(start)
    const at = this.#tokens.take(":")
    let by: number | undefined
    if (step !== null) {
      by = sub(step)
      this.#tokens.take(":")
    }
    const isOpen = [",", "]", ")", ";", ""].includes(this.#tokens.next)
    if (isOpen && this.#end === undefined)
      this.#fail("a range without an end stands only inside an index", at)
    const last = isOpen ? this.#end!(at) : sub(end)
    return this.#emit(at, [first, last, by ?? one()], integersFrom)
  }

  #element(tree: Extract<Tree, { type: "AccessorNode" }>, sub: (child: Tree) => number): number {
    const { dimensions, dotNotation } = tree.index
    const object = sub(tree.object)
    if (dotNotation) {
      return this.#fail(
        "formulas do not read properties\nwrite relu(x) for x.relu(), x' for x.T",
        this.#tokens.take("."),
      )
    }
    const at = this.#tokens.take("[")
    const outer = this.#end
    const indices = dimensions.map((dimension, axis) => {
      const place = this.#tokens.at
      this.#end = (written) => this.#emit(written, [object], (x) => extentOf(x, axis))
      const index = sub(dimension)
      return this.#emit(place, [object, index], (x, i) => checkIndex(x, i, axis))
    })
    this.#end = outer
    return this.#emit(at, [object, ...indices], (x, ...rest) => elementsAt(x, rest), elementsChosen)
  }
}

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined

/** The name under which a step keeps a word. */
const WORD = "word"
type Word = string | boolean | null

const isWord = (tree: Tree): tree is { readonly type: "ConstantNode"; readonly value: Word } =>
  tree.type === "ConstantNode" && (tree.value === null || ["string", "boolean"].includes(typeof tree.value))

const optionOf = (value: FormulaValue): unknown => {
  if (!isTensor(value)) return value[WORD]
  return isConstant(value) ? plainOf(value, "an option") : value
}

/** The rows or elements between brackets: numbers make one constant, tensors are stacked. */
const matrix = (...items: readonly Tensor[]): Tensor => (items.length === 0 ? constant([]) : stack(items))

const nameOf = (type: string): string =>
  type === "FunctionAssignmentNode" ? "definitions of functions" : type.replace(/Node$/, "").toLowerCase()

/** Why a constant of a formula is none. */
const noNumber = (value: unknown): string => {
  if (typeof value === "string") return "text in quotes is no number"
  if (typeof value === "number") return "a number that is not finite is no operand"
  return value === null ? "null is no number" : "this is no number"
}
