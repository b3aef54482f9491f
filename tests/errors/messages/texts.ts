import { trace } from "../../../src/frontend/index.ts"
import { enc, formula, int, type Tensor, uint } from "../../../src/index.ts"
import { parse } from "../../../src/ir.ts"
import type { Attempt } from "./attempt.ts"

const FORMULAS = [
  "x / y",
  "x / 0",
  "0 / 0 * x",
  "1 / 0 + x",
  "x % 0",
  "x % y",
  "x ^ y",
  "y ^ -1",
  "log(x)",
  "log(0) + x",
  "log(-1) + x",
  "sqrt(y)",
  "sqrt(-1) * x",
  "asin(x)",
  "atanh(x)",
  "tan(x) ^ 0.5",
  "exp(1000) * x",
  "1e999 * x",
  "1e-999 * x",
  "NaN + x",
  "NaN",
  "Infinity",
  "-Infinity * x",
  "undefined",
  "undefined + x",
  "null",
  "i * x",
  "x +",
  "",
  " ",
  "\n",
  "x ++ y",
  "(x",
  "x)",
  "x[9]",
  "x[0",
  "x[y]",
  "x[-9]",
  "x[0.5]",
  "x.y",
  "x.constructor",
  "constructor",
  "__proto__",
  "toString",
  "foo(x)",
  "foo",
  "sum(x, 3)",
  "sum()",
  "sum(x, x, x, x)",
  "matmul(x, x, x)",
  "x * [1, 2]",
  "[1, 2; 3]",
  "[1, 2, 3] + [1, 2]",
  "{a: 1}",
  "x ? 1 : 2",
  "'a'",
  '"a" + x',
  "x = 3",
  "f(x) = x",
  "f(a) = a; f(x)",
  "x'",
  "x!",
  "2 cm",
  "x in y",
  "x to y",
  "true and x",
  "not x",
  "x and y and",
  "relu(x) > ",
  "x @ y",
  "x # y",
  "x => y",
  "function(x)",
  "x => x + 1",
  "floor(x / 3",
  "round(x / y)",
  "floor(y / x)",
  "gcd(x, 0.5)",
  "max(x, 'a')",
  "0x12 * x",
  "1_000 + x",
  "x\u0000",
  "é + x",
  "x + ".repeat(400),
  "(".repeat(300),
  "abs(".repeat(90),
  `${"a".repeat(2000)} + x`,
]

/** Formulas and expressions of tables that mean nothing, or nothing for these operands. */
export const formulas = (): Attempt[] =>
  FORMULAS.flatMap((text): Attempt[] => {
    const traced = (fn: (given: { x: Tensor; y: Tensor }) => unknown) => (): unknown =>
      trace("f", { x: enc(uint(3), [3]), y: enc(int(3), [3]) }, fn as never)
    const givesInfinity = text.includes("Infinity")
    const label = JSON.stringify(text.slice(0, 40))
    return [
      {
        label: `formula ${label}`,
        run: traced(({ x, y }) => formula(text, { x, y })),
        givesInfinity,
        text: text.trim(),
      },
      {
        label: `closed formula ${label}`,
        run: traced(({ x, y }) => formula(`round(${text})`, { x, y })),
        givesInfinity,
        text: text.trim(),
      },
      { label: `map ${label}`, run: traced(({ x }) => x.map(text)), givesInfinity, text: text.trim() },
      {
        label: `rounded map ${label}`,
        run: traced(({ x }) => x.map(`round(${text})`)),
        givesInfinity,
        text: text.trim(),
      },
    ]
  })

const PROGRAM = `program score {
  %0 : enc 0..15[4] = input {name="x"}
  %1 : clear -2..3[4] = constant {value=@0}
  %2 : enc -30..45[4] = mul %0, %1
  %3 : enc -30..75 = sum %2 {axes=[0]}
  %4 : enc 1..1 = table %3 {lo=-30, entries=@1}
  return y = %4
}
@0 = [1, -2, 3, 1]
@1 = [${new Array(106).fill(1).join(", ")}]
`
const LETTERS = ["", " ", "\n", '"', "{", "}", "=", "%", "@", "-", "9", ".", "x", "[", ",", "\u0000", "é"]

/** The text of a program with one letter replaced, or a line left out, doubled or moved. */
export const programs = (): Attempt[] => {
  const lines = PROGRAM.split("\n")
  const changed = [
    ...Array.from({ length: 85 }, (_, i) =>
      LETTERS.map((letter) => PROGRAM.slice(0, 3 * i) + letter + PROGRAM.slice(3 * i + 1)),
    ).flat(),
    ...lines.flatMap((line, i) => [
      lines.toSpliced(i, 1).join("\n"),
      lines.toSpliced(i, 0, line).join("\n"),
      [line, ...lines].join("\n"),
      lines.slice(0, i).join("\n"),
      lines.with(i, `${line} `.repeat(300)).join("\n"),
      lines.with(i, line.replace("enc", "real")).join("\n"),
      lines.with(i, line.replace(/= \w+/, "= frobnicate")).join("\n"),
    ]),
  ]
  return changed.map((text, i) => ({ label: `text ${i}`, run: () => parse(text) }))
}
