import assert from "node:assert/strict"
import { test } from "node:test"
import { program } from "./program.ts"

const samples = [
  [0, 0, 0, 0],
  [0, 1, 1, 0],
  [1, 1, 0, 0],
  [1, 1, 1, 1],
].map((answers) => ({ answers }))

test("computes on ciphertexts what it computes in the clear", async () => {
  const client = await program.client()
  const server = await program.server(client.evaluationKeys())
  for (const sample of samples) {
    const reply = await server.run(client.encrypt(sample))
    assert.deepEqual(client.decrypt(reply), program.evaluate(sample))
  }
})

test("tells a low risk from a high one", () => {
  assert.deepEqual(
    samples.map((sample) => program.evaluate(sample)),
    [
      { points: 0, isHigh: 0 },
      { points: 5, isHigh: 0 },
      { points: 6, isHigh: 1 },
      { points: 10, isHigh: 1 },
    ],
  )
})
