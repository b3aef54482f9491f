import { expect, test, vi } from "vitest"
import { connect } from "../../src/client.ts"
import { compile, compileModule, define, enc, SealContext, uint } from "../../src/index.ts"
import { service } from "../client/service.ts"

const twice = () => compile({ x: enc(uint(2)) }, ({ x }) => x.add(x), { name: "twice" })

test("await using frees the keys of a program, its client and its server", async () => {
  const program = twice()
  let used: { client: { secretKey(): unknown }; server: { run(request: Uint8Array): Promise<unknown> } }
  let first: Uint8Array
  {
    await using declared = program
    expect(await declared.run({ x: 3 })).toBe(6)
    await using client = await declared.client()
    await using server = await declared.server(client.evaluationKeys())
    first = client.encrypt({ x: 1 })
    expect(client.decrypt(await server.run(first))).toBe(2)
    used = { client, server }
  }
  expect(() => used.client.secretKey()).toThrow("this client is disposed")
  await expect(used.server.run(first)).rejects.toThrow("this server is disposed")
})

test("await using waits until the keys of run are freed, of a program and of a module", async () => {
  const program = twice()
  const module = compileModule({ twice: define({ x: enc(uint(2)) }, ({ x }) => x.add(x)) })
  expect([await program.run({ x: 3 }), await module.run("twice", { x: 3 })]).toEqual([6, 6])
  const freed = vi.spyOn(SealContext.prototype, "dispose")
  {
    await using _declared = program
    expect(freed).toHaveBeenCalledTimes(0)
  }
  expect(freed).toHaveBeenCalledTimes(1)
  {
    await using _declared = module
  }
  expect(freed).toHaveBeenCalledTimes(2)
  freed.mockRestore()
})

test("await using closes a connection, and frees client and server of a module", async () => {
  const running = service({ twice: twice() })
  const module = compileModule({ twice: define({ x: enc(uint(2)) }, ({ x }) => x.add(x)) })
  const client = await module.client()
  const server = await module.server(client.evaluationKeys())
  const connection = await connect("https://server.test", { fetch: running.fetch })
  const request = client.encrypt("twice", { x: 1 })
  {
    await using opened = connection
    await using held = client
    await using computing = server
    expect(await opened.run({ x: 3 })).toBe(6)
    expect(held.decrypt(await computing.run("twice", request))).toBe(2)
  }
  await expect(connection.run({ x: 3 })).rejects.toThrow("this connection is closed")
  expect(() => client.secretKey()).toThrow("this client is disposed")
  await expect(server.run("twice", request)).rejects.toThrow("this server is disposed")
  await running.dispose()
})
