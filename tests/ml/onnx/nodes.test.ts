import { describe, expect, test } from "vitest"
import { ProgramError } from "../../../src/data/index.ts"
import { importModel } from "../../../src/ml/index.ts"
import { attemptsOf, differenceOf, type NodeCase } from "./node-case.ts"
import { readCases } from "./read-cases.ts"

const { complete, modelsOnly } = readCases()

/** What is refused of operators that are imported otherwise, and the words of the refusal. */
const refused: readonly (readonly [operator: string, name: RegExp, words: RegExp])[] = [
  ["BatchNormalization", /training_mode/, /call model.eval\(\) before the export/],
  [
    "Cast",
    /FLOAT8|FLOAT4|INT4|INT2|E8M0|e8m0/,
    /tensor of numbers is needed|use float, or integers of 8 bits/,
  ],
  ["Cast", /STRING/, /leave it outside the model|holds string/],
  ["CastLike", /FLOAT8|FLOAT4|INT4|INT2/, /tensor of numbers is needed|use float, or integers of 8 bits/],
  ["CastLike", /STRING/, /leave it outside the model|holds string/],
  ["Constant", /./, /has no input/],
  // Scales of half precision cannot be made constants by these tests.
  ["QLinearMatMul", /float16/, /a constant is needed there/],
  ["Resize", /./, /is not imported/],
  ["Upsample", /./, /is not imported/],
  ["ConstantOfShape", /./, /a constant is needed there/],
  ["DequantizeLinear", /blocked/, /quantize per tensor or per channel/],
  ["DequantizeLinear", /e4m3|e5m2|float4/, /tensor of numbers is needed/],
  ["Dropout", /training_dropout/, /call model.eval\(\) before the export/],
  ["Equal", /string/, /holds string/],
  ["EyeLike", /./, /no output that depends on its input/],
  ["MaxPool", /with_argmax/, /output 1 of node .* is not imported/],
  ["QuantizeLinear", /blocked/, /quantize per tensor or per channel/],
  ["QuantizeLinear", /e4m3|e5m2|float4/, /tensor of numbers is needed/],
  ["Range", /./, /a constant is needed there/],
  ["ScatterElements", /reduction|duplicate/, /reduction "\w+" is not imported/],
  ["ScatterND", /add|max|min|multiply/, /reduction "\w+" is not imported/],
  ["Shape", /./, /no output that depends on its input/],
  ["Size", /./, /no output that depends on its input/],
  ["ai.onnx.ml.LabelEncoder", /string|tensor/, /holds string/],
]

/** Bodies of functions that compute with shapes or with random numbers. */
const refusedBodies: readonly (readonly [name: RegExp, words: RegExp])[] = [
  [/^bernoulli/, /RandomUniformLike/],
  [/^causal_conv_with_state/, /is a batch for this operator|a constant is needed there/],
  [/^cast/, /tensor of numbers is needed|use float, or integers of 8 bits|leave it outside the model/],
  [/^center_crop_pad|^resize/, /is not imported/],
  [/^dynamicquantizelinear/, /a constant is needed there/],
]

const expectRefusal = ({ name, operators }: NodeCase, messages: readonly string[]): void => {
  const reasons = [
    ...refused.flatMap(([operator, pattern, words]) =>
      operators.length === 1 && operators[0] === operator && pattern.test(name) ? [words] : [],
    ),
    ...refusedBodies.flatMap(([pattern, words]) => (pattern.test(name) ? [words] : [])),
  ]
  const all = messages.join("\n")
  expect(
    reasons.some((words) => words.test(all)),
    `${name}, ${operators.join()}: ${all}`,
  ).toBe(true)
}

const byOperator = new Map<string, NodeCase[]>()
for (const one of complete) {
  const operator = one.operators.length === 1 ? one.operators[0]! : "several"
  byOperator.set(operator, [...(byOperator.get(operator) ?? []), one])
}

describe("ONNX's own node tests, of every operator set since 13", () => {
  test("there are many", () => {
    expect(complete.length).toBeGreaterThan(2500)
  })

  test.each([...byOperator].sort())("%s", async (_, cases) => {
    for (const one of cases) {
      const attempts = await attemptsOf(one)
      const found = attempts.flatMap(({ found }) => (typeof found === "string" ? [] : [found]))
      const messages = attempts.flatMap(({ found }) => (typeof found === "string" ? [found] : []))
      for (const outputs of found)
        expect(differenceOf(outputs, one.outputs), `${one.name}, operator set ${one.opset}`).toBeUndefined()
      if (found.length === 0) expectRefusal(one, messages)
      for (const message of messages) expect(message).not.toMatch(/NaN|undefined|=>|\[object/)
    }
  })
})

describe("operators that are not imported", () => {
  test.each(modelsOnly.map((one) => [one.operators[0]!, one] as const))("%s", async (operator, { model }) => {
    const error: unknown = await importModel(new Uint8Array(Buffer.from(model, "base64")), {
      batch: false,
    }).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(ProgramError)
    const { message } = error as ProgramError
    expect(message).not.toMatch(/NaN|undefined|=>|\[object/)
    expect(message).toMatch(operator === "" ? /./ : new RegExp(`${operator}|tensor|input`))
  })
})
