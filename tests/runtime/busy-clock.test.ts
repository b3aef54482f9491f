import { expect, test } from "vitest"
import { busyClock, isFine } from "../../src/runtime/calibrate/busy-clock.ts"

test("the clock moves while there is work and stands still meanwhile", async () => {
  const clock = busyClock()
  const begun = clock()
  while (clock() - begun < 5);
  const worked = clock()
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(clock() - worked).toBeLessThan(150)
})

test.each([2, 15.6])("a clock that ticks every %d ms is too coarse, and that of the wall is not", (tick) => {
  expect(isFine(() => tick * Math.floor(performance.now() / tick))).toBe(false)
  expect(isFine(() => performance.now())).toBe(true)
})
