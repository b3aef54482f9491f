// Functions above the operators refuse names that they do not know, surplus arguments, and options of another form.
import { describe, expect, it, test } from "vitest"
import {
  checkArity,
  checkOptionNames,
  checkOptions,
  forms,
  nearestOf,
  RuntimeError,
} from "../src/data/index.ts"
import {
  calibrate,
  compile,
  compileModule,
  define,
  enc,
  formula,
  load,
  ProgramError,
  type Tensor,
  uint,
} from "../src/index.ts"

const inputs = { x: enc(uint(2), [2]) }
const twice = ({ x }: { readonly x: Tensor }): Tensor => x.add(x)
/** A call as plain JavaScript makes it. */
const call = (fn: unknown, ...args: readonly unknown[]): unknown =>
  (fn as (...args: readonly unknown[]) => unknown)(...args)
const compiled = (...rest: readonly unknown[]): unknown => call(compile, inputs, twice, ...rest)
const module = (options: unknown): unknown => compileModule({ f: define(inputs, twice) }, options as never)

describe("compile and compileModule", () => {
  it.each([
    [() => compiled({ bacth: 5 }), 'compile has no option "bacth"; did you mean batch?'],
    [
      () => compiled({ max_key_bytes: 5 }),
      'compile has no option "max_key_bytes"; did you mean maxKeyBytes?',
    ],
    [() => compiled({ optimise: true }), 'compile has no option "optimise"; there are name, batch, samples'],
    [() => compiled({ bacth: undefined }), 'compile has no option "bacth"'],
    [() => compiled(5), "the options of compile are 5, not an object"],
    [() => compiled([]), "the options of compile are [], not an object"],
    [() => compiled({ encodeInputs: 1 }), "option encodeInputs of compile is 1, not true or false"],
    [() => compiled({ name: 3 }), "option name of compile is 3, not text"],
    [() => compiled({ samples: {} }), "option samples of compile is an empty object, not a list"],
    [() => compiled({}, 1), "compile takes at most 3 arguments, and 4 were given"],
    [() => module({ stesp: 2 }), 'compileModule has no option "stesp"; did you mean steps?'],
    [() => module({ refresh: "auto" }), 'compileModule has no option "refresh"'],
    [() => call(define, inputs, twice, 1), "define takes at most 2 arguments, and 3 were given"],
    [() => formula("x", [1] as never), "the inputs of a formula are [1], not an object"],
    [() => call(formula, "1 + 1", {}, 1), "formula takes at most 2 arguments, and 3 were given"],
  ])("refuse what they do not know (%#)", (action, message) => {
    expect(action).toThrow(ProgramError)
    expect(action).toThrow(message)
  })

  it("calibrate, too", async () => {
    await expect(calibrate({ froce: true } as never)).rejects.toThrow(
      'calibrate has no option "froce"; did you mean force?',
    )
  })
})

describe("load", () => {
  it("says what it looked for", () => {
    expect(() => load("nope.lutra")).toThrow(RuntimeError)
    expect(() => load("nope.lutra")).toThrow(
      'no compiled program can be read from "nope.lutra": there is no such file\ngive the path of a file that save wrote',
    )
    expect(() => load(new Uint8Array(3) as never)).toThrow("path of load is [0, 0, 0], not text or a URL")
  })
})

describe("names of inputs and methods", () => {
  /** A tensor as plain JavaScript sees it. */
  type Loose = Readonly<Record<string, () => unknown>> | undefined
  const traced = (fn: (inputs: never) => unknown): unknown => compile(inputs, fn as never)
  it.each<[(inputs: never) => unknown, string]>([
    [({ x }: Record<string, Loose>) => x!["arg_max"]!(), "a tensor has no arg_max; did you mean argmax?"],
    [({ x }: Record<string, Loose>) => x!["argMax"]!(), "a tensor has no argMax; did you mean argmax?"],
    [({ x }: Record<string, Loose>) => x!["shap"], "a tensor has no shap; did you mean shape?"],
    [({ x }: Record<string, Loose>) => x!["dtype"], "a tensor has no dtype\nall operators are in"],
    [({ y }: Record<string, Loose>) => y, 'there is no input "y"; there are x'],
  ])("get a suggestion (%#)", (fn, message) => {
    expect(() => traced(fn)).toThrow(ProgramError)
    expect(() => traced(fn)).toThrow(message)
  })

  it("are not asked for by promises and printing", () => {
    traced(({ x }: Record<string, Loose>) => {
      expect(x!["then"]).toBeUndefined()
      expect(JSON.stringify(Promise.resolve(x))).toBe("{}")
      expect(`${Object.prototype.toString.call(x)}`).toBe("[object Object]")
      return x
    })
  })
})

test("the nearest name is found across case, underscores and a few letters", () => {
  const names = ["axis", "keepDims", "descending", "constantValues"]
  expect(nearestOf("keepdims", names)).toBe("keepDims")
  expect(nearestOf("constant_values", names)).toBe("constantValues")
  expect(nearestOf("axes", names)).toBe("axis")
  expect(nearestOf("desending", names)).toBe("descending")
  expect(nearestOf("reverse", names)).toBeUndefined()
  expect(nearestOf("x", names)).toBeUndefined()
})

test("helpers of all strict functions", () => {
  const check = (given: unknown): void =>
    checkOptions<{ a?: number }>("f", given, { a: forms.count }, RuntimeError)
  expect(() => check(undefined)).not.toThrow()
  expect(() => check({ a: undefined })).not.toThrow()
  expect(() => check({ a: 3 })).not.toThrow()
  expect(() => check({ a: -1 })).toThrow("option a of f is -1, not an integer from 0")
  expect(() => check({ a: Number.NaN })).toThrow("option a of f is not a number, not an integer from 0")
  expect(() => check(new Map())).toThrow("the options of f are a Map, not an object")
  expect(() => check({ b: 1 })).toThrow(RuntimeError)
  expect(() => checkOptionNames("f", ["b"], [])).toThrow('f takes no options, but "b" is given')
  expect(() => checkArity("f", [1, 2, undefined], 2)).not.toThrow()
  expect(() => checkArity("f", [1, 2, 3], 1)).toThrow("f takes 1 argument, and 3 were given")
})
