import { join } from "node:path"
import { expect, test } from "vitest"
import { lutraIn, printed, refused, refusedWith, SCORE } from "../cli/support.ts"

const SOURCE = `
import { compileModule, define, enc, range } from "lutra"
const total = enc(range(0, 99), [2])
export default compileModule({
  add: define({ total, by: enc(range(0, 9), [2]) }, ({ total, by }) => total.add(by).assume(0, 99)),
  sum: define({ total }, ({ total }) => total.sum()),
}, { name: "account", steps: 3 })
`

const lutra = lutraIn({
  "account.mjs": SOURCE,
  "score.ir": SCORE,
  "first.json": '{ "total": [10, 20], "by": [1, 2] }',
  "by.json": '{ "by": [5, 6] }',
})

test("two folders play client and server of a module", async () => {
  const run = async (...args: string[]) => expect(await lutra(args)).toEqual(printed(""))
  const compiled = await lutra(["compile", "account.mjs", "-o", "server.lutra", "--client", "client.lutra"])
  expect(compiled).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("account\n  scheme"),
    stderr: "",
  })
  expect(await lutra(["inspect", "server.lutra"])).toEqual(printed(compiled.stdout))
  await run("keygen", "client.lutra", "--secret", "secret.key", "--keys", "keys")
  const secret = ["--secret", "secret.key"]
  await run(
    "encrypt",
    "client.lutra",
    ...secret,
    "--function",
    "add",
    "--input",
    "first.json",
    "-o",
    "request",
  )
  const evaluate = (...args: string[]) => ["eval", "server.lutra", "--keys", "keys", ...args]
  await run(...evaluate("--function", "add", "--request", "request", "-o", "state"))
  expect(await lutra(["decrypt", "client.lutra", ...secret, "--reply", "state"])).toEqual(
    printed("[11,22]\n"),
  )
  await run("encrypt", "client.lutra", ...secret, "--function", "add", "--input", "by.json", "-o", "by")
  await run(...evaluate("--function", "add", "--operand", "total=state", "by=by", "-o", "later"))
  await run(...evaluate("--function", "sum", "--operand", "total=later", "-o", "sum"))
  expect(await lutra(["decrypt", "client.lutra", ...secret, "--reply", "sum"])).toEqual(printed("44\n"))

  const names = "choose one with --function: add, sum"
  const encrypt = ["encrypt", "client.lutra", ...secret, "--input", "by.json", "-o", "x"]
  expect(await lutra(encrypt)).toEqual(refused(`account has several functions; ${names}`))
  expect(await lutra([...encrypt, "--function", "ad"])).toEqual(
    refused(`account has no function "ad"; ${names}`),
  )
  expect(await lutra(evaluate("--function", "sum", "-o", "x"))).toEqual(
    refused("required option '--request <file>' not specified"),
  )
  expect(await lutra(evaluate("--function", "sum", "--operand", "total", "-o", "x"))).toEqual(
    refused("--operand is total; it is the name of an input and a file, as total=reply.bin"),
  )
  expect(await lutra(evaluate("--function", "sum", "--operand", "total=later", "-o", "later"))).toEqual(
    refused("--output and --operand total are both later, which would be written over"),
  )
  expect(
    await lutra(evaluate("--function", "sum", "--request", "by", "--operand", "total=later", "-o", "x")),
  ).toEqual(refused("--request holds all inputs, and --operand one of them; give one or the other"))
  await lutra(["compile", "score.ir", "-o", "score.lutra"])
  expect(
    await lutra(["eval", "score.lutra", "--keys", "keys", "--request", "by", "--function", "f", "-o", "x"]),
  ).toEqual(refused("--function and --operand are for modules of several functions"))
})

test("one command runs a function of a module, in clear and encrypted", async () => {
  const run = ["run", join(lutra.folder, "account.mjs"), "--function", "sum", "--input", "-"]
  for (const way of [["--evaluate"], ["--simulate"], []])
    expect(await lutra([...run, ...way], '{ "total": [40, 2] }')).toEqual(printed("42\n"))
  expect(await lutra(["run", "account.mjs", "--input", "by.json"])).toEqual(
    refused("account has several functions; choose one with --function: add, sum"),
  )
  expect(await lutra(["bench", "account.mjs"])).toEqual(
    refusedWith("account is a module of several functions, where a program is needed"),
  )
  const circuits = await lutra(["inspect", "account.mjs", "--circuit"])
  expect(circuits.stdout.match(/^circuit \w+/gm)).toEqual(["circuit add", "circuit sum"])
  const programs = await lutra(["inspect", "account.mjs", "--program"])
  expect(programs.stdout.match(/^program \w+/gm)).toEqual(["program add", "program sum"])
})
