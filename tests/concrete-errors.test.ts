import { describe, expect, test } from "vitest"
import { type Outputs, trace } from "../src/frontend/index.ts"
import { clear, compile, enc, int, range, type Tensor, uint } from "../src/index.ts"
import { concat, where } from "../src/numpy.ts"
import { defaultTarget, runPasses } from "../src/passes/index.ts"

/**
 * Every error that Concrete 2 tests for, by its message, and what becomes of the same program here: `says` is the first line
 * of our message and of its remedy, `compiles` the reason why there is nothing to refuse, `cannot` why it cannot be written.
 */
type Case = readonly [concrete: string, ours: Ours]
type Ours =
  | { readonly says: readonly [first: string | RegExp, remedy?: string | RegExp]; readonly of: () => unknown }
  | { readonly compiles: string; readonly of: () => unknown }
  | { readonly cannot: string }

type Inputs = Parameters<typeof trace>[1]
type Given = Readonly<Record<string, Tensor>>

/** Through all passes, without choosing parameters. */
const passes =
  (inputs: () => Inputs, fn: (given: Given) => unknown): (() => unknown) =>
  () =>
    runPasses(trace("f", inputs(), fn as (given: Given) => Outputs).program, defaultTarget)

const [x3, y3] = [clear(uint(3)), clear(uint(3))]
const IN_CLEAR = "what depends on no secret is computed by the server in the clear"
const SIGNS = "bits are those of two's complement, whatever the sign"
const PRODUCTS = "products of secrets may be as wide as the plaintext modulus"
const large = (range: string, size: number): string =>
  `this value lies in ${range}, a table of ${size} entries, but tables end at 65537`

/** The cases of `test_converter_bad_convert`, in its order. */
const CONVERSION: readonly Case[] = [
  [
    "only integers are supported",
    {
      says: ["a bound of range is 7.5, not an exact integer", "beyond 2^53 write a bigint"],
      of: passes(
        () => ({ x: enc(range(0, 7.5)), y: enc(uint(3)) }),
        ({ x, y }) => x!.add(y!),
      ),
    },
  ],
  [
    "1-dimensional convolutions are not supported",
    {
      says: [
        "conv2d of shape [1, 1, 10], but 4 axes [batch, channels, …spatial] were needed",
        "use expandDims or reshape",
      ],
      of: passes(
        () => ({ x: enc(uint(1), [1, 1, 10]) }),
        ({ x }) => x!.conv2d([[[3, 1, 0, 2]]]),
      ),
    },
  ],
  [
    "3-dimensional convolutions are not supported",
    {
      says: [
        "conv2d of shape [1, 1, 3, 4, 5], but 4 axes [batch, channels, …spatial] were needed",
        "use expandDims or reshape",
      ],
      of: passes(
        () => ({ x: enc(uint(1), [1, 1, 3, 4, 5]) }),
        ({ x }) =>
          x!.conv2d([
            [
              [
                [
                  [1, 3],
                  [4, 2],
                ],
              ],
            ],
          ]),
      ),
    },
  ],
  [
    "1-dimensional maxpooling is not supported",
    {
      compiles: "a maximum over windows of one axis is a maxPool2d of one row",
      of: passes(
        () => ({ x: enc(uint(1), [1, 1, 1, 10]) }),
        ({ x }) => x!.maxPool2d([1, 3]),
      ),
    },
  ],
  [
    "3-dimensional maxpooling is not supported",
    {
      says: ["a window of 3 numbers for 2 spatial axes"],
      of: passes(
        () => ({ x: enc(uint(1), [1, 1, 3, 4, 5]) }),
        ({ x }) => x!.maxPool2d([3, 1, 2] as never),
      ),
    },
  ],
  [
    "clear-clear additions are not supported",
    {
      compiles: IN_CLEAR,
      of: passes(
        () => ({ x: x3, y: y3 }),
        ({ x, y }) => x!.add(y!),
      ),
    },
  ],
  [
    "clear-clear subtractions are not supported",
    {
      compiles: IN_CLEAR,
      of: passes(
        () => ({ x: x3, y: y3 }),
        ({ x, y }) => x!.sub(y!),
      ),
    },
  ],
  [
    "clear-clear multiplications are not supported",
    {
      compiles: IN_CLEAR,
      of: passes(
        () => ({ x: x3, y: y3 }),
        ({ x, y }) => x!.mul(y!),
      ),
    },
  ],
  [
    "clear-clear dot products are not supported",
    {
      compiles: IN_CLEAR,
      of: passes(
        () => ({ x: clear(uint(2), [2]), y: clear(uint(3), [2]) }),
        ({ x, y }) => x!.dot(y!),
      ),
    },
  ],
  [
    "clear values cannot be broadcasted",
    {
      compiles: IN_CLEAR,
      of: passes(
        () => ({ x: clear(uint(3), [2]) }),
        ({ x }) => x!.broadcastTo([2, 2]),
      ),
    },
  ],
  [
    "encrypted values cannot be assigned to clear tensors",
    {
      compiles: "set returns a copy, which is encrypted",
      of: passes(
        () => ({ x: clear(uint(2), [3]), y: enc(uint(1)) }),
        ({ x, y }) => x!.set([0], y!),
      ),
    },
  ],
  [
    "this 34-bit value is used as an input to a table lookup, but only up to 16-bit table lookups are supported",
    {
      says: [
        large("0..100000", 100001),
        "declare x as uint(16) in place of range(0, 100000): 65536 entries, 16 levels",
      ],
      of: passes(
        () => ({ x: enc(range(0, 100_000)) }),
        ({ x }) => x!.pow(3).add(x!.add(1_000_000)),
      ),
    },
  ],
  [
    "lhs is signed, but only unsigned-unsigned bitwise operations are supported",
    {
      compiles: SIGNS,
      of: passes(
        () => ({ x: enc(int(2)), y: enc(uint(3)) }),
        ({ x, y }) => x!.and(y!),
      ),
    },
  ],
  [
    "rhs is signed, but only unsigned-unsigned bitwise operations are supported",
    {
      compiles: SIGNS,
      of: passes(
        () => ({ x: enc(uint(3)), y: enc(int(2)) }),
        ({ x, y }) => x!.and(y!),
      ),
    },
  ],
  [
    "clear concatenation is not supported",
    {
      compiles: IN_CLEAR,
      of: passes(
        () => ({ x: clear(uint(2), [2]), y: clear(uint(3), [2]) }),
        ({ x, y }) => concat([x!, y!]),
      ),
    },
  ],
  [
    "clear convolutions are not supported",
    {
      compiles: IN_CLEAR,
      of: passes(
        () => ({ x: clear(uint(1), [1, 1, 4, 4]) }),
        ({ x }) =>
          x!.conv2d([
            [
              [
                [2, 1],
                [0, 3],
              ],
            ],
          ]),
      ),
    },
  ],
  [
    "convolutions with encrypted weights are not supported",
    {
      compiles: "it is sums of products of secrets",
      of: passes(
        () => ({ x: enc(uint(1), [1, 1, 4, 4]), y: enc(uint(1), [1, 1, 2, 2]) }),
        ({ x, y }) => x!.conv2d(y!),
      ),
    },
  ],
  [
    "convolutions with encrypted biases are not supported",
    {
      compiles: "the bias is added",
      of: passes(
        () => ({ x: enc(uint(1), [1, 1, 4, 4]), y: enc(uint(1), [1]) }),
        ({ x, y }) =>
          x!.conv2d(
            [
              [
                [
                  [2, 1],
                  [0, 3],
                ],
              ],
            ],
            { bias: y! },
          ),
      ),
    },
  ],
  [
    "clear-clear matrix multiplications are not supported",
    {
      compiles: IN_CLEAR,
      of: passes(
        () => ({ x: clear(uint(3), [2, 2]), y: clear(uint(3), [2, 2]) }),
        ({ x, y }) => x!.matmul(y!),
      ),
    },
  ],
  [
    "clear maxpooling is not supported",
    {
      compiles: IN_CLEAR,
      of: passes(
        () => ({ x: clear(uint(1), [1, 1, 10, 5]) }),
        ({ x }) => x!.maxPool2d([3, 2]),
      ),
    },
  ],
  [
    "this clear value is used as an input to a table lookup",
    {
      compiles: IN_CLEAR,
      of: passes(
        () => ({ x: x3 }),
        ({ x }) => x!.pow(2),
      ),
    },
  ],
  [
    "clear summation is not supported",
    {
      compiles: IN_CLEAR,
      of: passes(
        () => ({ x: clear(uint(2), [2]) }),
        ({ x }) => x!.sum(),
      ),
    },
  ],
  [
    "lhs is signed, but only unsigned-unsigned bitwise shifts are supported",
    {
      compiles: SIGNS,
      of: passes(
        () => ({ x: enc(int(2)), y: enc(uint(3)) }),
        ({ x, y }) => x!.shl(y!),
      ),
    },
  ],
  [
    "rhs is signed, but only unsigned-unsigned bitwise shifts are supported",
    {
      says: ["shr by -2..1 places; shifts are from 0 to 52", "narrow it with clip, or shift the other way"],
      of: passes(
        () => ({ x: enc(uint(3)), y: enc(int(2)) }),
        ({ x, y }) => x!.shr(y!),
      ),
    },
  ],
  [
    "clear negations are not supported",
    {
      compiles: IN_CLEAR,
      of: passes(
        () => ({ x: clear(uint(4)) }),
        ({ x }) => x!.neg(),
      ),
    },
  ],
  [
    "this clear value is used as an input to a table lookup (several tables)",
    {
      compiles: IN_CLEAR,
      of: passes(
        () => ({ x: clear(uint(1), [2]) }),
        ({ x }) =>
          x!.lookup([
            [0, 1],
            [1, 0],
          ]),
      ),
    },
  ],
  [
    "clear round bit pattern is not supported",
    {
      compiles: IN_CLEAR,
      of: passes(
        () => ({ x: clear(uint(5)) }),
        ({ x }) => x!.roundBits(2),
      ),
    },
  ],
  [
    "this 17-bit value is used as an operand to a bitwise operation",
    {
      says: [
        "program f has 2 problems",
        "declare y as uint(16) in place of uint(19): 65536 entries, 16 levels",
      ],
      of: passes(
        () => ({ x: enc(uint(17)), y: enc(uint(19)) }),
        ({ x, y }) => x!.or(y!),
      ),
    },
  ],
  [
    "this 19-bit value is used as an operand to a comparison operation (!=)",
    {
      says: [large("-131071..524287", 655359)],
      of: passes(
        () => ({ x: enc(uint(19)), y: enc(uint(17)) }),
        ({ x, y }) => x!.ne(y!),
      ),
    },
  ],
  [
    "this 19-bit value is used as an operand to a comparison operation (>=)",
    {
      says: [large("-131071..524287", 655359)],
      of: passes(
        () => ({ x: enc(uint(19)), y: enc(uint(17)) }),
        ({ x, y }) => x!.ge(y!),
      ),
    },
  ],
  [
    "this shift operation resulted in 37-bits but only up to 16-bit shift operations are supported",
    {
      compiles:
        "a shift by a secret is a product with a table of the shift; results of up to 50 bits can be told apart",
      of: passes(
        () => ({ x: enc(uint(17)), y: enc(uint(5)) }),
        ({ x, y }) => x!.shl(y!),
      ),
    },
  ],
  [
    "this 18-bit value is used as an operand to an encrypted multiplication",
    {
      compiles: PRODUCTS,
      of: passes(
        () => ({ x: enc(uint(17)), y: enc(uint(5)) }),
        ({ x, y }) => x!.mul(y!),
      ),
    },
  ],
  [
    "this 19-bit value is used as an operand to an encrypted dot products",
    {
      compiles: PRODUCTS,
      of: passes(
        () => ({ x: enc(uint(18), [2]), y: enc(uint(18), [2]) }),
        ({ x, y }) => x!.dot(y!),
      ),
    },
  ],
  [
    "this 19-bit value is used as an operand to an encrypted matrix multiplication",
    {
      compiles: PRODUCTS,
      of: passes(
        () => ({ x: enc(uint(18), [2, 2]), y: enc(uint(18), [2, 2]) }),
        ({ x, y }) => x!.matmul(y!),
      ),
    },
  ],
  [
    "this 17-bit value is used as an operand to an encrypted dot products",
    {
      compiles: PRODUCTS,
      of: passes(
        () => ({ x: enc(uint(16), [2]), y: enc(uint(14), [2]) }),
        ({ x, y }) => x!.dot(y!),
      ),
    },
  ],
  [
    "this 17-bit value is used as an operand to an encrypted matrix multiplication",
    {
      compiles: PRODUCTS,
      of: passes(
        () => ({ x: enc(uint(16), [2, 2]), y: enc(uint(1), [2, 2]) }),
        ({ x, y }) => x!.matmul(y!),
      ),
    },
  ],
  [
    "table lookup input is 1-bits, table has the shape (4,), so table cannot be looked up with this input",
    {
      compiles: "a table may have more entries than are reached",
      of: passes(
        () => ({ x: enc(uint(1)), y: clear(uint(3), [4]) }),
        ({ x, y }) => x!.lookup(y!),
      ),
    },
  ],
  [
    "the same the other way round, which Concrete refuses too",
    {
      says: [
        "the table covers 0..3, but the value lies in 0..7",
        "give one entry for every value, or narrow the value with clip or assume",
      ],
      of: passes(
        () => ({ x: enc(uint(3)), y: clear(uint(3), [4]) }),
        ({ x, y }) => x!.lookup(y!),
      ),
    },
  ],
  [
    "this 17-bit value is one of the inputs, which means the inputs would be packed to 39-bits for the table lookup",
    {
      says: [
        "two secrets in one table: y in 0..262143 and z in 1..15 make 3932160 combinations, but such tables end at 4096",
        "declare y as uint(8) in place of uint(18): 3840 entries, 12 levels",
      ],
      of: passes(
        () => ({ x: enc(uint(17)), y: enc(uint(18)), z: enc(range(1, 15)) }),
        ({ x, y, z }) => x!.add(y!.floorDiv(z!)),
      ),
    },
  ],
  [
    "this 18-bit value is used as an operand to a minimum operation",
    {
      says: [large("-262143..131071", 393215)],
      of: passes(
        () => ({ x: enc(uint(18)), y: enc(uint(17)) }),
        ({ x, y }) => x!.minimum(y!),
      ),
    },
  ],
  [
    "this 18-bit value is used as an operand to a maximum operation",
    {
      says: [large("-262143..131071", 393215)],
      of: passes(
        () => ({ x: enc(uint(18)), y: enc(uint(17)) }),
        ({ x, y }) => x!.maximum(y!),
      ),
    },
  ],
  [
    "clear truncate bit pattern is not supported",
    {
      compiles: IN_CLEAR,
      of: passes(
        () => ({ x: clear(uint(5)) }),
        ({ x }) => x!.truncateBits(2),
      ),
    },
  ],
  [
    "clear bit extraction is not supported",
    {
      compiles: IN_CLEAR,
      of: passes(
        () => ({ x: clear(uint(5)) }),
        ({ x }) => x!.bits(0),
      ),
    },
  ],
  [
    "condition is not uint1, but it needs to be for where operation",
    {
      says: ["the condition lies in 0..31; compare it first: c.ne(0)"],
      of: passes(
        () => ({ x: enc(uint(5)), y: enc(uint(2)), z: enc(uint(3)) }),
        ({ x, y, z }) => where(x!, y!, z!),
      ),
    },
  ],
  [
    "outcome of true condition is not encrypted",
    {
      compiles: "a choice may be between clear values",
      of: passes(
        () => ({ x: enc(uint(1)), y: clear(uint(2)), z: enc(uint(3)) }),
        ({ x, y, z }) => where(x!, y!, z!),
      ),
    },
  ],
  [
    "outcome of false condition is not encrypted",
    {
      compiles: "a choice may be between clear values",
      of: passes(
        () => ({ x: enc(uint(1)), y: enc(uint(2)), z: clear(uint(3)) }),
        ({ x, y, z }) => where(x!, y!, z!),
      ),
    },
  ],
  [
    "condition is not encrypted",
    {
      compiles: "a clear condition is a clear factor",
      of: passes(
        () => ({ x: clear(uint(1)), y: enc(uint(2)), z: enc(uint(3)) }),
        ({ x, y, z }) => where(x!, y!, z!),
      ),
    },
  ],
]

const scalar = (): Inputs => ({ x: enc(uint(4)) })

/** What Concrete says in its tests of fusing, tracing, compiling, running, tables, parameters and bits. */
const OTHERS: readonly Case[] = [
  [
    "A subgraph cannot be fused because it has multiple input nodes",
    {
      says: [
        "two secrets in one table: x in 0..127 and y in 0..127 make 16384 combinations, but such tables end at 4096",
        "declare x as uint(6) and y as uint(6) in place of uint(7): 4096 entries, 12 levels",
      ],
      of: passes(
        () => ({ x: enc(uint(7)), y: enc(uint(7)) }),
        ({ x, y }) => x!.sqrt().add(y!.sin()).round(),
      ),
    },
  ],
  [
    "A subgraph cannot be fused because of a node, which has a different shape than the input node",
    {
      compiles: "constants broadcast: one table by element",
      of: passes(
        () => ({ x: enc(uint(3), [3]) }),
        ({ x }) =>
          x!
            .div(2)
            .add([[0.5], [0.25]])
            .floor(),
      ),
    },
  ],
  [
    "A subgraph cannot be fused because of a node, which is marked explicitly as non-fusable",
    {
      says: [
        "sum of a real value, but only integers are supported",
        "round it first: round, floor, ceil, trunc or toInt",
      ],
      of: passes(
        () => ({ x: enc(uint(3), [3]) }),
        ({ x }) => x!.div(2).sum().floor(),
      ),
    },
  ],
  [
    "Branching within circuits is not possible",
    {
      says: ["Tensor<enc 0..15> is known only when the program runs: it has no value yet"],
      of: passes(scalar, ({ x }) => ((x as unknown as number) > 3 ? x : 1)),
    },
  ],
  [
    "Function 'np.ravel' is not supported",
    { cannot: "TypeScript knows the methods there are; ravel is one of them" },
  ],
  [
    "Function 'np.sum' is not supported with kwarg 'initial'",
    { cannot: "TypeScript refuses an option that there is not" },
  ],
  [
    "Only __call__ hook is supported for numpy ufuncs",
    { cannot: "there are no hooks: operators are functions and methods" },
  ],
  [
    "Tracer cannot be indexed with ['abc', 3, 2.2, (1,)]",
    {
      says: ["an index is 2.2, not an integer"],
      of: passes(
        () => ({ x: enc(uint(3), [3, 2]) }),
        ({ x }) => x!.at(2.2),
      ),
    },
  ],
  [
    "Function 'g' returned '[{} ()]', which is not supported",
    {
      says: [
        'the traced function returned "{} ()", which is no tensor',
        "return a tensor, an array or a record of tensors; numbers and nested arrays are constants",
      ],
      of: passes(scalar, () => "{} ()"),
    },
  ],
  [
    "`astype` method must be called with a numpy type",
    { cannot: "toInt has no argument; ranges are inferred" },
  ],
  [
    "Encryption statuses of parameters 'x', 'y' and 'z' of function 'f' are not provided",
    {
      says: ['input "y" is declared as nothing', "write enc(uint(4), [64]) or clear(int(8))"],
      of: passes(
        () => ({ x: enc(uint(3)), y: undefined as never }),
        ({ x }) => x,
      ),
    },
  ],
  [
    "Encryption status of 'a' is provided but it is not a parameter of function 'f'",
    {
      compiles: "an input may be unused",
      of: passes(
        () => ({ x: enc(uint(3)), a: enc(uint(3)) }),
        ({ x }) => x,
      ),
    },
  ],
  [
    "Input #1 of your inputset is not well formed (expected a tuple of 3 values got a tuple of 2 values)",
    {
      says: ['input "y" is missing'],
      of: () =>
        compile({ x: enc(uint(2)), y: enc(uint(2)) }, ({ x, y }) => x.add(y), { samples: [{ x: 1 }] }),
    },
  ],
  [
    "Compiling function 'f' without an inputset is not supported",
    { compiles: "ranges are proved from declarations", of: passes(scalar, ({ x }) => x!.add(1)) },
  ],
  [
    "Bound measurement using inputset[0] failed",
    {
      says: ['input "x" is 99, outside its declared range 0..15'],
      of: () => compile({ x: enc(uint(4)) }, ({ x }) => x.add(1), { samples: [{ x: 99 }] }),
    },
  ],
  [
    "Evaluation of the graph failed",
    {
      says: [
        "at x = 0 it is a division by zero",
        "narrow x with clip or assume, or choose another value there: where(x.eq(0), 0, …)",
      ],
      of: passes(scalar, ({ x }) => x!.map("round(100 / x)")),
    },
  ],
  [
    "Expected argument 0 to be EncryptedScalar<uint6> but it's EncryptedScalar<uint7>",
    {
      says: ['input "x" is 16, outside its declared range 0..15'],
      of: () => compile({ x: enc(uint(4)) }, ({ x }) => x.add(1)).simulate({ x: 16 }),
    },
  ],
  [
    "Expected 2 inputs but got 1",
    {
      says: ['input "y" is missing'],
      of: () =>
        compile({ x: enc(uint(2)), y: enc(uint(2)) }, ({ x, y }) => x.add(y)).simulate({ x: 1 } as never),
    },
  ],
  [
    "Expected argument 0 to be an fhe.Value but it's None",
    {
      says: ['input "x" is null, not an exact integer'],
      of: () => compile({ x: enc(uint(4)) }, ({ x }) => x.add(1)).simulate({ x: null as never }),
    },
  ],
  [
    "LookupTable cannot be constructed with []",
    { says: ["a table of shape [0] has no entries"], of: passes(scalar, ({ x }) => x!.lookup([])) },
  ],
  [
    "LookupTable of shape (3, 2) cannot be looked up with EncryptedScalar<uint4>",
    {
      says: [
        "the table covers 0..1, but the value lies in 0..15",
        "give one entry for every value, or narrow the value with clip or assume",
      ],
      of: passes(scalar, ({ x }) =>
        x!.lookup([
          [1, 2],
          [3, 4],
          [5, 6],
        ]),
      ),
    },
  ],
  [
    "LookupTable cannot be looked up with EncryptedScalar<float64>",
    {
      says: [
        "lookup of a real value, but only integers are supported",
        "round it first: round, floor, ceil, trunc or toInt",
      ],
      of: passes(scalar, ({ x }) => x!.div(2).lookup([1, 2])),
    },
  ],
  [
    "Program can not be composed",
    {
      cannot:
        "a program has no composition of its own outputs; depth is counted, noise estimated, for all of it",
    },
  ],
  [
    "Unfeasible noise constraint encountered",
    {
      says: [
        /^no parameters have enough noise budget for this program: \d+ bits are missing at n = 32768$/,
        /with 8 entries: \d+ bits more /,
      ],
      of: () =>
        compile({ x: enc(uint(4)) }, ({ x }) => x.map((v) => (v * v * 7 + 3) % 13), {
          margin: 800,
          encodeInputs: false,
        }),
    },
  ],
  [
    "NoParametersFound",
    {
      says: ["the deepest output needs 27 levels of products, but at most 25 can be had"],
      of: passes(
        () => ({ x: enc(uint(1)), y: enc(uint(1)) }),
        ({ x, y }) => {
          let z = x!
          for (let i = 0; i < 9; i++) z = z.add(y!).mul(y!).mod(2)
          return z
        },
      ),
    },
  ],
  [
    "Extracting bits from the back (index == -1 < 0) isn't supported",
    { says: ["bit -1: bits are counted from the lowest, 0"], of: passes(scalar, ({ x }) => x!.bits(-1)) },
  ],
  [
    "Extracting bits in reverse (step < 0) isn't supported without providing the start bit",
    { cannot: "bits takes a first and a last bit, and no step" },
  ],
  [
    "Warning: when using value.astype(newtype), only use np.int64",
    { cannot: "there is one integer type, and its range is proved" },
  ],
]

const messageOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof Error && ["ProgramError", "RuntimeError"].includes(error.name)) return error.message
    throw error
  }
  throw new Error("it compiles")
}

const check = (ours: Ours): void => {
  if ("cannot" in ours) expect(ours.cannot).not.toBe("")
  else if ("compiles" in ours) expect(ours.of).not.toThrow()
  else {
    const [first, ...rest] = messageOf(ours.of).split("\n")
    const [said, remedy] = ours.says
    expect(first).toMatch(typeof said === "string" ? exactly(said) : said)
    if (remedy !== undefined) expect(rest.join("\n")).toMatch(remedy)
  }
}

const exactly = (text: string): RegExp => new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`)

describe("what Concrete refuses to convert", () => {
  test("there are all of its cases", () => {
    expect(CONVERSION.length).toBeGreaterThanOrEqual(45)
  })
  test.each(CONVERSION)("%s", (_concrete, ours) => check(ours))
})

describe("what Concrete says elsewhere", () => {
  test.each(OTHERS)("%s", (_concrete, ours) => check(ours))
})
