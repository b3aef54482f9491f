import { expect, test } from "vitest"
import { fairPriority, type WaitingRun } from "../../src/serve/redis/fair-priority.ts"

/** A queue as BullMQ keeps it: lowest priority first, equal ones in the order of their coming. */
const createQueue = () => {
  const waiting: WaitingRun[] = []
  return {
    add: (client: string) => void waiting.push({ client, priority: fairPriority(waiting, client) }),
    take: (): string => {
      const next = Math.min(...waiting.map(({ priority }) => priority))
      return waiting.splice(
        waiting.findIndex(({ priority }) => priority === next),
        1,
      )[0]!.client
    },
  }
}

test("clients take turns, however many runs each has put in before", () => {
  const queue = createQueue()
  for (let i = 0; i < 6; i++) queue.add("a")
  for (let i = 0; i < 3; i++) queue.add("b")
  queue.add("c")
  expect(Array.from({ length: 10 }, () => queue.take()).join("")).toBe("abcababaaa")
})

test("who comes later is not served before those who wait, beyond its share", () => {
  const queue = createQueue()
  for (let i = 0; i < 20; i++) queue.add("a")
  for (let i = 0; i < 5; i++) queue.take()
  for (let i = 0; i < 4; i++) queue.add("b")
  expect(Array.from({ length: 8 }, () => queue.take()).join("")).toBe("abababab")
})

test("a client that always has runs waiting does not keep another from its share", () => {
  const queue = createQueue()
  for (let i = 0; i < 30; i++) queue.add("a")
  for (let i = 0; i < 10; i++) queue.add("b")
  let taken = ""
  for (let i = 0; i < 40; i++) {
    const client = queue.take()
    taken += client
    if (client === "b") queue.add("b")
  }
  expect(taken.replaceAll("b", "")).toHaveLength(20)
})

test("priorities stay within what BullMQ takes", () => {
  expect(fairPriority([], "a")).toBe(1)
  expect(fairPriority([{ client: "a", priority: 2_097_152 }], "a")).toBe(2_097_152)
})
