import { expect, test, vi } from "vitest"
import { type Session, Sessions } from "../../src/runtime/server/sessions.ts"

const session = (elements: number, over: Partial<Session> = {}): Session => ({
  round: 1,
  samples: 1,
  batch: false,
  masks: new Map([["v", [new Float64Array(elements)]]]),
  clear: [],
  ...over,
})
const asked = { round: 1, samples: 1, batch: false }

test("a run is given back once, to who knows its number", () => {
  const sessions = new Sessions({})
  const kept = session(4)
  const id = sessions.keep(kept)
  expect(() => sessions.take(new Uint8Array(32), asked)).toThrow("this server waits for no such round")
  expect(sessions.take(id, asked)).toBe(kept)
  expect(() => sessions.take(id, asked)).toThrow("this server waits for no such round")
})

test("numbers are never the same", () => {
  const sessions = new Sessions({})
  const ids = Array.from({ length: 50 }, () => String(sessions.keep(session(1))))
  expect(new Set(ids).size).toBe(50)
})

test("another round or number of samples is refused and forgets nothing", () => {
  const sessions = new Sessions({})
  const id = sessions.keep(session(4))
  expect(() => sessions.take(id, { ...asked, round: 2 })).toThrow("is for round 3 where round 2 comes next")
  expect(() => sessions.take(id, { ...asked, samples: 2 })).toThrow("has 2 samples where the run has 1")
  expect(sessions.take(id, asked).round).toBe(1)
})

test("the oldest are forgotten beyond the most runs and the most bytes, but never the newest", () => {
  const few = new Sessions({ maxSessions: 2 })
  const ids = [few.keep(session(1)), few.keep(session(1)), few.keep(session(1))]
  expect(() => few.take(ids[0]!, asked)).toThrow("waits for no such round")
  expect(few.take(ids[1]!, asked)).toBeDefined()
  const small = new Sessions({ sessionBytes: 100 })
  const first = small.keep(session(10))
  const large = small.keep(session(1000))
  expect(() => small.take(first, asked)).toThrow("waits for no such round")
  expect(small.take(large, asked)).toBeDefined()
})

test("a run that is not gone on with in time is forgotten", () => {
  const now = vi.spyOn(performance, "now").mockReturnValue(0)
  const sessions = new Sessions({ sessionSeconds: 10 })
  const id = sessions.keep(session(1))
  now.mockReturnValue(10_001)
  expect(() => sessions.take(id, asked)).toThrow("waits for no such round")
  now.mockRestore()
})
