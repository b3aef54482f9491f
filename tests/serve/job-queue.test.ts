import { describe, expect, test, vi } from "vitest"
import { JobQueue, ServiceError } from "../../src/serve/index.ts"
import { FakeEvaluator } from "./support.ts"

const jobOf = (client: string, name = "") => ({ model: name, client, keys: "", request: new Uint8Array() })

/** Submits a job of a client at once. */
const submit = (queue: JobQueue, client: string, name = "", signal = new AbortController().signal) => {
  const outcome = queue.run(queue.enter(client), jobOf(client, name), signal)
  outcome.catch(() => {})
  return outcome
}

/** Lets all that is ready happen. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

describe("turns", () => {
  test("go round among clients, whoever sent how many and when", async () => {
    const evaluator = new FakeEvaluator()
    const queue = new JobQueue(evaluator, { maxWaitingPerClient: 10 })
    for (const name of ["a1", "a2", "a3", "a4"]) submit(queue, "a", name)
    for (const name of ["b1", "b2"]) submit(queue, "b", name)
    submit(queue, "c", "c1")
    for (let i = 0; i < 7; i++) {
      evaluator.end(i)
      await settle()
    }
    expect(evaluator.begun.map(({ model }) => model)).toEqual(["a1", "a2", "b1", "c1", "a3", "b2", "a4"])
  })

  test("are as many at a time as the evaluator takes", async () => {
    const evaluator = new FakeEvaluator(2)
    const queue = new JobQueue(evaluator)
    for (const name of ["1", "2", "3", "4"]) submit(queue, "a", name)
    expect([evaluator.begun.length, queue.running, queue.waiting]).toEqual([2, 2, 2])
    evaluator.end(1)
    await settle()
    expect([evaluator.begun.length, queue.running, queue.waiting]).toEqual([3, 2, 1])
    evaluator.end(0, new Error("failed"))
    await settle()
    expect([evaluator.begun.length, queue.running, queue.waiting]).toEqual([4, 2, 0])
  })

  test("pass over a job that has to wait for its own worker", async () => {
    const evaluator = new FakeEvaluator(2)
    const taken = new Set<string>()
    const queue = new JobQueue(
      Object.assign(evaluator, {
        canBegin: ({ model }: { model: string }) => {
          if (taken.has(model)) return false
          taken.add(model)
          return true
        },
      }),
    )
    for (const name of ["pinned", "pinned", "free"]) submit(queue, "a", name)
    expect(evaluator.begun.map(({ model }) => model)).toEqual(["pinned", "free"])
    taken.clear()
    evaluator.end(0)
    await settle()
    expect(evaluator.begun.map(({ model }) => model)).toEqual(["pinned", "free", "pinned"])
  })
})

describe("places", () => {
  const codeOf = (work: () => unknown): string => {
    try {
      work()
      return "none"
    } catch (error) {
      return (error as ServiceError).code
    }
  }

  test("are limited in all and for each client, from before the body is read", () => {
    const queue = new JobQueue(new FakeEvaluator(), { maxWaiting: 3, maxWaitingPerClient: 2 })
    const places = [queue.enter("a"), queue.enter("a")]
    expect(codeOf(() => queue.enter("a"))).toBe("busy")
    places.push(queue.enter("b"))
    expect(codeOf(() => queue.enter("c"))).toBe("busy")
    places[0]!.leave()
    places[0]!.leave()
    expect(queue.waiting).toBe(2)
    expect(codeOf(() => queue.enter("c"))).toBe("none")
    expect(codeOf(() => queue.enter("a"))).toBe("busy")
  })

  test("are free again when a job begins, fails or is given up", async () => {
    const evaluator = new FakeEvaluator()
    const queue = new JobQueue(evaluator)
    submit(queue, "a")
    expect(queue.waiting).toBe(0)
    const control = new AbortController()
    const outcome = submit(queue, "a", "", control.signal)
    expect(queue.waiting).toBe(1)
    control.abort()
    await expect(outcome).rejects.toMatchObject({ code: "gone" })
    expect(queue.waiting).toBe(0)
    evaluator.end(0)
    await settle()
    expect(evaluator.begun.length).toBe(1)
    await expect(submit(queue, "a", "", AbortSignal.abort())).rejects.toMatchObject({ code: "gone" })
    expect([queue.waiting, queue.running, evaluator.begun.length]).toEqual([0, 0, 1])
  })

  test("that are refused say when to come again, by how long jobs have taken", async () => {
    vi.useFakeTimers({ toFake: ["performance"] })
    const evaluator = new FakeEvaluator()
    const queue = new JobQueue(evaluator)
    for (let i = 0; i < 30; i++) {
      submit(queue, "a")
      vi.advanceTimersByTime(10_000)
      evaluator.end(i)
      await settle()
    }
    submit(queue, "a")
    for (let i = 0; i < 3; i++) submit(queue, "a")
    vi.useRealTimers()
    // Four jobs of ten seconds: in about half that time two places will be free.
    expect(queue.retryAfter).toBe(20)
  })
})

describe("draining", () => {
  test("waits for what runs and what waits", async () => {
    const evaluator = new FakeEvaluator()
    const queue = new JobQueue(evaluator)
    const outcomes = [submit(queue, "a"), submit(queue, "b")]
    let isDrained = false
    const drained = queue.drain(60_000).then(() => {
      isDrained = true
    })
    evaluator.end(0)
    await settle()
    expect(isDrained).toBe(false)
    evaluator.end(1)
    await drained
    expect((await Promise.all(outcomes)).map(({ reply }) => [...reply])).toEqual([[0], [1]])
  })

  test("waits for a job whose body is still coming in", async () => {
    const evaluator = new FakeEvaluator()
    const queue = new JobQueue(evaluator)
    const place = queue.enter("a")
    const drained = queue.drain(60_000)
    await settle()
    const outcome = queue.run(place, jobOf("a"), new AbortController().signal)
    evaluator.end(0)
    expect([...(await outcome).reply]).toEqual([0])
    await drained
  })

  test("does not wait beyond its time for a body that does not come", async () => {
    const queue = new JobQueue(new FakeEvaluator())
    const place = queue.enter("a")
    await queue.drain(10)
    const late = queue.run(place, jobOf("a"), new AbortController().signal)
    await expect(late).rejects.toMatchObject({ code: "stopping" })
  })

  test("ends what is left when the time is over", async () => {
    const evaluator = new FakeEvaluator()
    const queue = new JobQueue(evaluator)
    const outcomes = [submit(queue, "a"), submit(queue, "b")]
    const drained = queue.drain(10)
    await expect(outcomes[1]).rejects.toMatchObject({ code: "stopping" })
    expect(evaluator.signals[0]!.aborted).toBe(true)
    evaluator.end(0, new ServiceError("gone", "cancelled"))
    await expect(outcomes[0]).rejects.toMatchObject({ code: "stopping" })
    await drained
    expect(evaluator.begun.length).toBe(1)
  })
})

describe("preparing", () => {
  const keys = { model: "m", client: "a", keys: "k" }
  const preparing = (width = 1) => {
    const ends: ((error?: Error) => void)[] = []
    const evaluator = Object.assign(new FakeEvaluator(width), {
      prepare: vi.fn(
        () =>
          new Promise<void>((resolve, reject) => {
            ends.push((error) => (error ? reject(error) : resolve()))
          }),
      ),
    })
    return { evaluator, ends, queue: new JobQueue(evaluator) }
  }

  test("takes a place that is free, after which jobs begin", async () => {
    const { evaluator, ends, queue } = preparing()
    const prepared = queue.prepare(keys)
    expect(evaluator.prepare).toHaveBeenCalledExactlyOnceWith(keys)
    submit(queue, "a", "waits")
    await settle()
    expect([evaluator.begun.length, queue.waiting]).toEqual([0, 1])
    ends[0]!(new Error("no such keys"))
    await prepared
    expect(evaluator.begun.map(({ model }) => model)).toEqual(["waits"])
  })

  test("does not begin where every place is taken or somebody waits, nor where an evaluator cannot", async () => {
    const { evaluator, queue } = preparing(2)
    queue.enter("b")
    await queue.prepare(keys)
    const full = preparing()
    submit(full.queue, "a")
    await full.queue.prepare(keys)
    expect(evaluator.prepare).not.toHaveBeenCalled()
    expect(full.evaluator.prepare).not.toHaveBeenCalled()
    await new JobQueue(new FakeEvaluator()).prepare(keys)
  })

  test("keeps nobody from stopping", async () => {
    const { evaluator, queue } = preparing()
    void queue.prepare(keys)
    await queue.drain(10_000)
    await queue.prepare(keys)
    expect(evaluator.prepare).toHaveBeenCalledTimes(1)
  })
})
