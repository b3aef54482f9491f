import { afterEach, expect, test, vi } from "vitest"
import { Client, SealContext } from "../../src/runtime/index.ts"
import { SealSecret } from "../../src/runtime/seal-secret.ts"
import { DOUBLE, SMALL, specOf } from "../runtime/support.ts"

afterEach(() => vi.restoreAllMocks())

test("the saved secret key that a client packs or loads is wiped", async () => {
  using context = await SealContext.create(SMALL)
  const spec = specOf(DOUBLE)
  using client = await Client.create(spec, { context })
  const save = vi.spyOn(SealSecret.prototype, "save")
  const keys = client.secretKey()
  const saved = save.mock.results[0]!.value as Uint8Array
  expect(saved.length).toBeGreaterThan(1000)
  expect(saved.every((byte) => byte === 0)).toBe(true)
  const load = vi.spyOn(context.seal.SecretKey.prototype, "loadFromArray")
  using restored = await Client.create(spec, { context, keys })
  const loaded = load.mock.calls[0]![1] as Uint8Array
  expect(loaded.length).toBe(saved.length)
  expect(loaded.every((byte) => byte === 0)).toBe(true)
  expect(restored.secretKey()).toEqual(keys)
})
