import { expect, test } from "vitest"
import { Connection } from "../../src/connect/connection.ts"
import { fileKeys } from "../../src/connect/keys/file-keys.ts"
import type { KeyHolder } from "../../src/connect/keys/key-holder.ts"
import { openWorkerHolder } from "../../src/connect/keys/worker-holder.ts"
import { ServerHttp } from "../../src/connect/server-http.ts"
import { RUNTIME_ERROR_CODES, type RuntimeErrorCode } from "../../src/data/index.ts"
import { calibrate, clear, compile, enc, load, loadBytes, RuntimeError, uint } from "../../src/index.ts"
import { KeyFailures } from "../../src/runtime/client/key-failures.ts"
import { checkResult } from "../../src/runtime/client/results.ts"
import { packSpec, readSpec } from "../../src/runtime/index.ts"
import { checkClear } from "../../src/runtime/messages/check-clear.ts"
import { packMessage, unpackMessage } from "../../src/runtime/messages/envelope.ts"
import { checkSecurity } from "../../src/runtime/seal/check-parameters.ts"
import { Sessions } from "../../src/runtime/server/sessions.ts"
import { fromErrorText, toErrorText } from "../../src/runtime/server/threads/worker-messages.ts"
import { CODES } from "../../src/serve/service-error.ts"
import { refusal } from "../client/service.ts"

const score = compile({ x: enc(uint(4), [2]), w: clear(uint(4)) }, ({ x, w }) => x.mul(w), { name: "score" })
const rounds = compile(
  { x: enc(uint(2), [4]) },
  ({ x }) => x.lookup([1, 0, 3, 2]).refresh().lookup([3, 1, 2, 0]),
  { name: "rounds" },
)
const rules = (hash: string) =>
  ({ kind: "request", hash: hash.repeat(32), mostSamples: 1, blobs: () => [{ bytes: 1 }] }) as const
const message = packMessage(rules("ab"), { samples: 1, batch: false, blobs: [Uint8Array.of(1)] })

/** What a server answers, to a request for the list of its models. */
const answered = (answer: () => Response, more: object = {}) =>
  new ServerHttp("http://s", { fetch: async () => answer(), retries: 0, patience: 0, ...more }).models()
const lost = (): never => {
  throw new TypeError("fetch failed")
}
/** A connection without real keys, to a server whose first answers are sound. */
const connection = (answers: number): Connection => {
  let left = answers
  const fetch = async () => (left-- > 0 ? new Response(Uint8Array.of(9)) : lost())
  const holder: KeyHolder = {
    keyState: async () => ({ number: 0, failures: 0 }),
    givenKeys: async () => undefined,
    evaluationKeys: async () => ({ hash: "ab", bytes: Uint8Array.of(1) }),
    remember: async () => {},
    encryptBatch: async () => Uint8Array.of(2),
    refresh: async () => Uint8Array.of(3),
    decryptBatch: async () => [7],
    dispose: () => {},
  }
  const http = new ServerHttp("http://s", { fetch, retries: 0 })
  return new Connection({ spec: rounds.spec, model: "m", http, holder, onProgress: undefined })
}

type Provoked = readonly (() => unknown)[]

/** Of all codes that need no encryption something that brings them about; the others are those of servers, below, and `needs-refresh`. */
const provoked: Readonly<Partial<Record<RuntimeErrorCode, Provoked>>> = {
  "wrong-argument": [
    () => loadBytes("text" as never),
    () => new ServerHttp("no address"),
    () => unpackMessage("text" as never, rules("ab")),
  ],
  "unknown-option": [() => score.client({ wasmurl: "x" } as never)],
  "unknown-name": [
    () => score.simulate({ x: [1, 2], w: 1, y: 3 } as never),
    () => checkClear(score.spec, ["z"], "http://s"),
  ],
  "wrong-input": [
    () => score.simulate({ w: 1 } as never),
    () => score.simulate({ x: [1, 2, 3], w: 1 }),
    () => score.simulate({ x: [1, 0.5], w: 1 }),
  ],
  "out-of-range": [() => score.simulate({ x: [1, 16], w: 1 })],
  unsupported: [() => score.predictClear([[1, 2]])],
  "wrong-round": [() => new Sessions({}).take(new Uint8Array(32), { round: 1, samples: 1, batch: false })],
  "foreign-message": [() => unpackMessage(message, rules("cd"))],
  damaged: [
    () => unpackMessage(message.slice(0, -1), rules("ab")),
    () => unpackMessage(message.with(-1, message.at(-1)! ^ 1), rules("ab")),
    () => loadBytes(Uint8Array.of(1, 2, 3)),
    () => readSpec(Uint8Array.of(1, 2, 3)),
  ],
  "unexpected-program": [() => readSpec(packSpec(score.spec), { hash: "ab".repeat(32) })],
  "exposed-input": [() => checkClear(score.spec, [], "http://s")],
  "refused-parameters": [() => checkSecurity({ ...score.parameters, n: 1024 })],
  undecryptable: [() => checkResult("y", [1n, 99n], { secret: true, lo: 0n, hi: 15n, shape: [2] } as never)],
  "key-discarded": [() => new KeyFailures(9).check()],
  disposed: [
    () => {
      const closed = connection(0)
      closed.dispose()
      return closed.run({ x: [0, 1, 2, 3] })
    },
  ],
  "file-access": [() => load("/no/such/program.lutra")],
  storage: [() => fileKeys(import.meta.dirname).load("k")],
  platform: [() => openWorkerHolder({} as never)],
  unreachable: [() => answered(lost)],
  "bad-answer": [
    () => answered(() => Response.json({ hello: 1 })),
    () => answered(() => new Response("<html>", { status: 418 })),
    () =>
      answered(() => new Response(null, { status: 307, headers: { location: "https://elsewhere.test" } })),
  ],
  "run-lost": [() => connection(2).run({ x: [0, 1, 2, 3] })],
  timeout: [
    () =>
      new ServerHttp("http://s", {
        timeout: 20,
        fetch: (_, { signal } = {}) =>
          new Promise((_, reject) => signal!.addEventListener("abort", () => reject(signal!.reason))),
      }).models(),
  ],
  internal: [() => Promise.reject(fromErrorText(toErrorText(new RuntimeError("x", { code: "internal" }))))],
}

const table = Object.entries(provoked).flatMap(([code, actions]) =>
  actions.map((action, i): [string, string, () => unknown] => [`${code} ${i + 1}`, code, action]),
)

const thrown = async (action: () => unknown): Promise<unknown> =>
  (async () => action())().catch((error: unknown) => error)

test.each(table)("%s", async (_, code, action) => {
  const error = (await thrown(action)) as RuntimeError
  expect(error).toBeInstanceOf(RuntimeError)
  expect({ code: error.code, message: error.message }).toMatchObject({ code })
})

test.each(CODES)("what a server answers with %s is thrown under the same code", async (code) => {
  const error = (await thrown(() => answered(() => refusal(400, code)))) as RuntimeError
  expect(error).toBeInstanceOf(RuntimeError)
  expect(error.code).toBe(code)
})

test.each([
  [401, "unauthorized"],
  [502, "unreachable"],
  [504, "timeout"],
])("an answer of a proxy with status %d is %s", async (status, code) => {
  const error = await thrown(() => answered(() => new Response("no", { status })))
  expect(error).toMatchObject({ name: "RuntimeError", code })
})

test.each(RUNTIME_ERROR_CODES)("%s crosses between threads", (code) => {
  expect(fromErrorText(toErrorText(new RuntimeError("what", { code })))).toMatchObject({
    message: "what",
    code,
  })
})

test("every code is provoked here, or has an encrypted module behind it", () => {
  const missing = RUNTIME_ERROR_CODES.filter(
    (code) => !(code in provoked) && !(CODES as readonly string[]).includes(code) && code !== "needs-refresh",
  )
  expect(missing).toEqual([])
})

test("calibrate refuses options under a code, too", async () => {
  expect(await thrown(() => calibrate({ froce: true } as never))).toMatchObject({ code: "unknown-option" })
})
