import { describe, expect, test } from "vitest"
import { ProgramError } from "../../src/data/index.ts"
import { evaluate } from "../../src/ir/index.ts"
import { lowered } from "./lowered.ts"
import { flatTexts, type Recorded, recorded, traced, valuesOf } from "./recorded.ts"

const { programs } = recorded()
const PARTS = 12
const SIMULATED = 500

/** What numpy gives and Lutra refuses, by Lutra's message: docs/numpy.md lists the same reasons. */
const departures: readonly (readonly [reason: string, message: RegExp, most: number])[] = [
  ["a scalar has no axes, where numpy's reductions take 0 and -1", /axis -?\d+ of a tensor of 0 axes/, 25],
  [
    "a function that is no number somewhere in the range, on values where it is one",
    /: at .* it is|is not a number|no bounds are known|at \w+ = -?\d+ it|may reach/,
    60,
  ],
  ["means of no elements, which are NaN", /(mean|median|var|average) of no elements/, 15],
  ["ddof as large as the number of elements, which gives infinity", /with ddof/, 15],
]

const run = (program: Recorded): string => {
  const traceable = traced(program)
  const { shape } = traceable.program.outputs.get("y")!.type
  const values = flatTexts(evaluate(traceable.program, valuesOf(program))["y"])
  return `[${shape}] ${values}`
}

const wanted = ({ y }: Recorded): string => (y === null ? "refused" : `[${y[0]}] ${y[1].map(String)}`)

const used = new Map<string, number>()

/** In one line what differs; undefined where nothing does, or where the departure is listed. */
const difference = (program: Recorded): string | undefined => {
  const shown = JSON.stringify(program)
  let found: string
  try {
    found = run(program)
  } catch (error) {
    if (!(error instanceof ProgramError)) return `${shown}\n  throws ${String(error)}`
    if (program.y === null) return undefined
    const { message } = error
    const known = departures.find(([, pattern]) => pattern.test(message))
    if (known === undefined) return `${shown}\n  is refused: ${message}`
    used.set(known[0], (used.get(known[0]) ?? 0) + 1)
    return undefined
  }
  return found === wanted(program) ? undefined : `${shown}\n  gives ${found}`
}

describe("programs recorded with numpy", () => {
  test("there are at least 3,000 of them, over the whole table", () => {
    expect(programs.length).toBeGreaterThanOrEqual(3000)
    expect(new Set(programs.flatMap(({ s }) => s.map(([name]) => name))).size).toBeGreaterThanOrEqual(180)
    expect(programs.filter(({ y }) => y === null).length).toBeGreaterThanOrEqual(250)
  })

  test.each(Array.from({ length: PARTS }, (_, part) => part))("part %i evaluates alike", (part) => {
    const some = programs.filter((_, i) => i % PARTS === part)
    expect(some.map(difference).filter((each) => each !== undefined)).toEqual([])
  })

  test("few are refused that numpy computes, for the listed reasons only", () => {
    for (const [reason, , most] of departures) expect(used.get(reason) ?? 0, reason).toBeLessThanOrEqual(most)
  })

  test(`${SIMULATED} of the small ones simulate alike`, () => {
    const differing: string[] = []
    let count = 0
    for (const program of programs) {
      if (program.c === 0 || program.y === null || count === SIMULATED) continue
      const found = lowered(program)
      if (found === undefined) continue
      count++
      if (found !== wanted(program)) differing.push(`${JSON.stringify(program)}\n  gives ${found}`)
    }
    expect(differing).toEqual([])
    expect(count).toBe(SIMULATED)
  })
})
