import { expect, test } from "vitest"
import { ServiceError } from "../../src/serve/index.ts"
import { emptyKeys, emptyRequest, FakeEvaluator, refusal, score, sha256, soon, start } from "./support.ts"

const keys = emptyKeys(score.spec)
const run = { body: emptyRequest(score.spec), headers: { "lutra-keys": sha256(keys) } }

const startBusy = async () => {
  const evaluator = new FakeEvaluator()
  const started = await start({ createEvaluator: () => evaluator })
  const { fetch } = started
  await fetch("PUT", `/v1/keys/${sha256(keys)}`, { body: keys })
  const runs = [1, 2].map(() => fetch("POST", "/v1/models/score/run", run))
  const metrics = async () => (await fetch("GET", "/metrics")).text()
  await soon(metrics).toContain("lutra_queue_waiting 1")
  await soon(metrics).toContain("lutra_queue_running 1")
  return { evaluator, runs, ...started }
}

test("a service that stops refuses new work and answers all that it has accepted", async () => {
  const { evaluator, runs, service, fetch, url } = await startBusy()
  let hasStopped = false
  const stopped = service.stop(60).then(() => {
    hasStopped = true
  })
  expect(await refusal(await fetch("GET", "/readyz"))).toBe("503 stopping")
  expect((await fetch("GET", "/healthz")).status).toBe(200)
  expect(await refusal(await fetch("POST", "/v1/models/score/run", run))).toBe("503 stopping")
  expect(await refusal(await fetch("PUT", `/v1/keys/${sha256(keys)}`, { body: keys }))).toBe("503 stopping")
  evaluator.end(0)
  await soon(() => evaluator.begun.length).toBe(2)
  expect(hasStopped).toBe(false)
  evaluator.end(1)
  expect((await Promise.all(runs)).map(({ status }) => status)).toEqual([200, 200])
  await stopped
  await expect(fetch("GET", "/healthz")).rejects.toThrow()
  expect(url).toContain("127.0.0.1")
})

test("a service that is declared with await using has stopped at the end of its block", async () => {
  const { service, fetch } = await start()
  {
    await using _declared = service
    expect((await fetch("GET", "/healthz")).status).toBe(200)
  }
  await expect(fetch("GET", "/healthz")).rejects.toThrow()
})

test("what has not ended when its time is over is answered with 503", async () => {
  const { evaluator, runs, service } = await startBusy()
  const stopped = service.stop(0.05)
  await soon(() => evaluator.signals[0]!.aborted).toBe(true)
  evaluator.end(0, new ServiceError("gone", "cancelled"))
  expect(await Promise.all((await Promise.all(runs)).map(refusal))).toEqual(["503 stopping", "503 stopping"])
  await stopped
})
