// Whatever is refused is refused with a ProgramError or RuntimeError that a user can read: without NaN, undefined, the text of
// functions, names of classes inside or words of the engine, and with a first line of at most 300 letters.
import { describe, expect, it, test } from "vitest"
import { type Attempt, judge, tryAll } from "./attempt.ts"
import { complaintsOf } from "./complaints.ts"
import { damagedFiles } from "./damaged.ts"
import { callOperators } from "./operator-calls.ts"
import { publicCalls } from "./public-calls.ts"
import { formulas, programs } from "./texts.ts"

/** Kinds of attempts, and how many are refused at least: fewer would say that they are no longer what they were. */
const kinds: Readonly<Record<string, readonly [attempts: () => readonly Attempt[], atLeast: number]>> = {
  "public functions with wrong values": [publicCalls, 7500],
  "formulas and expressions": [formulas, 300],
  "texts of programs": [programs, 1300],
  "damaged files": [damagedFiles, 700],
}

describe("messages of", () => {
  it.each(Object.entries(kinds))("%s can be read", async (_, [attempts, atLeast]) => {
    const { refused, wrong } = await tryAll(attempts())
    expect(wrong.slice(0, 20)).toEqual([])
    expect(refused).toBeGreaterThan(atLeast)
  })

  it("operators with wrong values can be read", () => {
    const wrong: string[] = []
    let refused = 0
    callOperators((attempts) => {
      for (const attempt of attempts) {
        try {
          attempt.run()
        } catch (error) {
          refused++
          wrong.push(...judge(attempt, error))
        }
      }
    })
    expect(wrong.slice(0, 20)).toEqual([])
    expect(refused).toBeGreaterThan(20_000)
  })
})

test.each([
  ["x is NaN", "NaN"],
  ["x is undefined", "undefined"],
  ["it is [object Object]", "an object without words"],
  ["it is (v) => v", "a function's text"],
  ["up to inf", "a word for infinity that nobody writes"],
  ["up to Infinity", "Infinity"],
  ["x is \nfix it", "a blank at the end of a line"],
  ["x\n\ny", "an empty line"],
  ["wrong (located-text.ts:12:12)", "a place inside of Lutra"],
  ["ENOENT: x", "a code of Node"],
  ["a FloatGraph is needed", "a name of a class inside"],
  ["x.map is not a function", "words of the engine"],
  [`${"x".repeat(301)}\n`, "a first line of 301 letters"],
])("%j is complained about", (message, complaint) => {
  expect(complaintsOf(message)).toContain(complaint)
})
