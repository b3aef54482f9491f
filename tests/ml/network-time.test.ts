import { describe, expect, test } from "vitest"
import { FloatModel } from "../../src/ml/float-model.ts"
import { type FloatNode, GraphBuilder } from "../../src/ml/graph/graph.ts"
import { Budget } from "../../src/ml/quantize/budget.ts"
import { quantizeNetwork } from "../../src/ml/quantize/network/quantize-network.ts"
import { dense, signNetwork, signRows } from "./made-networks.ts"

/** A clock that goes on by a millisecond whenever it is looked at, so that time is counted in looks. */
const countingClock = () => {
  const clock = { looks: 0, now: () => ++clock.looks }
  return clock
}

const rows = signRows.map((row) => Float64Array.from(row))
const calibrationOf = (model: FloatModel) => ({ rows, scores: model.predictFloat(signRows) })

/** Looks at the clock until an unlimited search is done, or one of so many seconds. */
const looksOf = async (model: FloatModel, maxSeconds: number) => {
  const clock = countingClock()
  const budget = new Budget({ maxSeconds }, clock.now)
  const family = await quantizeNetwork(model.graph, calibrationOf(model), {}, budget)
  return { looks: clock.looks, family, wasSpent: budget.wasSpent }
}

/** How often a search without time gives way. */
const turnsWithoutTime = async (model: FloatModel): Promise<number> => {
  let turns = 0
  const signal = { throwIfAborted: () => void turns++ } as unknown as AbortSignal
  await quantizeNetwork(model.graph, calibrationOf(model), {}, new Budget({ maxSeconds: 0, signal }))
  return turns
}

describe("the time that a search has", () => {
  const model = signNetwork([{ by: "sigmoid" }, { by: "tanh" }])

  test("ends it soon after, wherever it is, with models all the same", async () => {
    const whole = await looksOf(model, 1e9)
    expect(whole.wasSpent).toBe(false)
    for (const part of [0.9, 0.5, 0.1, 0.02, 0]) {
      const maxSeconds = (part * whole.looks) / 1000
      const { looks, family, wasSpent } = await looksOf(model, maxSeconds)
      expect(wasSpent).toBe(true)
      expect(family.candidates.length).toBeGreaterThan(0)
      // Making one network plainly, where nothing else is known, is what may come after the end.
      expect(looks).toBeLessThan(part * whole.looks + 0.03 * whole.looks)
    }
  })

  test("is looked at for every row of every layer", async () => {
    const wide = (width: number): FloatModel => {
      const builder = new GraphBuilder()
      const x = builder.input("x", [4])
      let value: FloatNode = x
      for (const outputs of [width, 3]) {
        const weights = Array.from({ length: outputs * value.shape[0]! }, (_, k) => Math.sin(3 * k + 1))
        value = dense(builder, value, weights, new Array<number>(outputs).fill(0.1))
        if (outputs === width)
          value = builder.add("activation", [value], { function: "sigmoid", parameters: {} })
      }
      return new FloatModel(
        builder.build([x], [{ name: "y", node: value, scores: "logits" }], "float64"),
        "lutra",
      )
    }
    // Without time one plan is carried out, plainly: widths, fits, sums and simulations of each element.
    const [few, many] = [await turnsWithoutTime(wide(10)), await turnsWithoutTime(wide(60))]
    expect(many - few).toBeGreaterThan(50 * 8)
  })
})

test("a signal ends a search in the middle of a plan", async () => {
  const model = signNetwork([{ by: "sigmoid" }, { by: "tanh" }])
  const reason = new Error("enough")
  const turnsOf = async (last: number) => {
    let turns = 0
    const controller = new AbortController()
    const doings: string[] = []
    const signal = {
      throwIfAborted: () => {
        if (++turns === last) controller.abort(reason)
        controller.signal.throwIfAborted()
      },
    }
    const quantized = model.quantize({
      calibration: signRows,
      signal: signal as AbortSignal,
      onProgress: ({ doing }) => doings.push(doing),
    })
    if (last === Infinity) await quantized
    else await expect(quantized).rejects.toBe(reason)
    return { turns, steps: doings.length }
  }
  const whole = await turnsOf(Infinity)
  // Far more chances to end than steps.
  expect(whole.turns).toBeGreaterThan(100 * whole.steps)
  for (const last of [1, 200, 1000, 5000]) expect((await turnsOf(last)).turns).toBe(last)
})
