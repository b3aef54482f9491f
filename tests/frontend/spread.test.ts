import { describe, expect, it } from "vitest"
import { trace } from "../../src/frontend/index.ts"
import { enc, range, type Tensor } from "../../src/index.ts"
import { defaultTarget, depthOf, runPasses } from "../../src/passes/index.ts"

describe("the largest minus the smallest element", () => {
  it.each<[number[], (x: Tensor) => Tensor]>([
    [[4], (x) => x.ptp()],
    [[2], (x) => x.ptp()],
    [[1], (x) => x.ptp()],
    [[40], (x) => x.ptp()],
    [[3, 4], (x) => x.ptp({ axis: 1 })],
    [[3, 4], (x) => x.ptp(0, { keepDims: true })],
  ])("of shape %j lies in 0..8 where the elements lie in 1..9", (shape, f) => {
    const { type } = trace("f", { x: enc(range(1, 9), shape) }, ({ x }) => f(x!)).program.outputs.get("y")!
    expect(type.lo).toBe(0n)
    expect(type.hi).toBeLessThanOrEqual(8n)
  })

  it("goes into a table of as many entries", () => {
    const look = ({ x }: { x: Tensor }): Tensor => x.ptp().lookup([5, 1, 1, 1, 1, 1, 1, 1, 9])
    const spec = { x: enc(range(1, 9), [4]) }
    const program = runPasses(trace("f", spec, look as never).program, defaultTarget)
    expect(depthOf(program)).toBe(12)
  })
})
