import { expect, test } from "vitest"
import { soak } from "../support/soak.ts"

test("eight clients, some of which misbehave, get right answers only, and nothing that was accepted is lost", async () => {
  const { tally, status } = await soak({ requests: 200, seconds: 20, clients: 8 })
  expect(tally).toMatchObject({ wrong: 0, lost: 0, unexpected: [] })
  expect(tally.right).toBeGreaterThan(8)
  expect(status).toBe(0)
})
