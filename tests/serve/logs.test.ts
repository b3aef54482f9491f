import { expect, test } from "vitest"
import { readTokens } from "../../src/serve/index.ts"
import { emptyKeys, emptyRequest, FakeEvaluator, score, sha256, soon, start } from "./support.ts"

const keys = emptyKeys(score.spec, 0x6b)
const id = sha256(keys)
const TOKEN = "a-token-of-alice"

const startNamed = async () => {
  const evaluator = new FakeEvaluator()
  evaluator.answer = () => new TextEncoder().encode("the reply in clear")
  const authenticate = readTokens(`alice ${TOKEN}`)
  return start({ createEvaluator: () => evaluator, authenticate })
}

test("a request is one line: who, what, how it went and how long it took", async () => {
  const { fetch, log } = await startNamed()
  await fetch("PUT", `/v1/keys/${id}`, { token: TOKEN, body: keys })
  const body = emptyRequest(score.spec)
  await (
    await fetch("POST", "/v1/models/score/run", { token: TOKEN, body, headers: { "lutra-keys": id } })
  ).bytes()
  await fetch("GET", "/v1/models/none", { token: TOKEN })
  await soon(
    () =>
      log()
        .split("\n")
        .filter((line) => line.includes('"request"')).length,
  ).toBe(3)
  const lines = log()
    .split("\n")
    .filter((line) => line.includes('"request"'))
    .map((line): Record<string, unknown> => JSON.parse(line))
  const common = { level: 30, client: "alice", ms: expect.any(Number), reqId: expect.any(String) }
  expect(lines).toMatchObject([
    { ...common, method: "PUT", route: "/v1/keys/:sha256", status: 201, bytesIn: keys.length, bytesOut: 0 },
    {
      ...common,
      method: "POST",
      route: "/v1/models/:name/run",
      model: "score",
      status: 200,
      bytesIn: body.length,
      bytesOut: 18,
      waited: expect.any(Number),
      ran: expect.any(Number),
    },
    { ...common, route: "/v1/models/:name", status: 404, code: "unknown-model" },
  ])
})

test("nothing of bodies, tokens and keys is in logs or metrics, whatever fails", async () => {
  const { fetch, log } = await startNamed()
  const headers = { "lutra-keys": id }
  const body = new TextEncoder().encode("an input in clear")
  await fetch("PUT", `/v1/keys/${id}`, { token: TOKEN, body: keys })
  await fetch("PUT", `/v1/keys/${sha256(body)}`, { token: TOKEN, body })
  const run = { token: TOKEN, headers }
  await (await fetch("POST", "/v1/models/score/run", { ...run, body: emptyRequest(score.spec) })).bytes()
  await fetch("POST", "/v1/models/score/run", { ...run, body })
  await fetch("GET", `/nothing?token=${TOKEN}`, { token: "another-token" })
  await fetch("GET", `/v1/models/${TOKEN}`, { token: TOKEN })
  await fetch("GET", `/v1/models/%zz${TOKEN}`)
  const metrics = await (await fetch("GET", "/metrics")).text()
  await soon(() => log().match(/"msg":"request"/g)?.length).toBeGreaterThanOrEqual(7)
  for (const text of [log(), metrics]) {
    for (const secret of [TOKEN, "another-token", "in clear", id, sha256(body), "kkkkkkkk"]) {
      expect(text.includes(secret), `${secret} in ${text}`).toBe(false)
    }
  }
})

test("metrics count requests, bytes, keys and runs", async () => {
  const { fetch } = await startNamed()
  for (let i = 0; i < 2; i++) await fetch("PUT", `/v1/keys/${id}`, { token: TOKEN, body: keys })
  const body = emptyRequest(score.spec)
  await (
    await fetch("POST", "/v1/models/score/run", { token: TOKEN, body, headers: { "lutra-keys": id } })
  ).bytes()
  await fetch("GET", "/v1/models")
  const metrics = async () => (await fetch("GET", "/metrics")).text()
  await soon(metrics).toContain('lutra_requests_total{route="/v1/models",method="GET",status="401"} 1')
  const text = await metrics()
  for (const line of [
    'lutra_requests_total{route="/v1/keys/:sha256",method="PUT",status="201"} 1',
    'lutra_requests_total{route="/v1/models/:name/run",method="POST",status="200"} 1',
    `lutra_bytes_total{route="/v1/models/:name/run",direction="in"} ${body.length}`,
    'lutra_bytes_total{route="/v1/models/:name/run",direction="out"} 18',
    'lutra_keys_total{event="stored"} 1',
    'lutra_keys_total{event="known"} 1',
    'lutra_run_seconds_count{model="score"} 1',
    'lutra_wait_seconds_count{model="score"} 1',
    "lutra_queue_running 0",
    "process_resident_memory_bytes ",
  ]) {
    expect(text).toContain(line)
  }
})
