import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { serveCommand } from "../../src/cli/commands/serve.ts"
import { HEALTH_PATHS } from "../../src/serve/http/health-routes.ts"
import { readDockerfile, root } from "./dockerfile.ts"

const instructions = readDockerfile()
const all = (name: string): readonly string[] =>
  instructions.filter((instruction) => instruction.name === name).map(({ value }) => value)
const last = (name: string): string => all(name).at(-1) ?? ""
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly bin: { readonly lutra: string }
  readonly devDependencies: Readonly<Record<string, string>>
  readonly files: readonly string[]
}

/** What is sent to a build: .dockerignore leaves out all, and then names what is in. */
const sent = readFileSync(join(root, ".dockerignore"), "utf8").trim().split("\n")

it("copies files that there are and that are sent to the build, and no others are sent", () => {
  const copied = all("COPY")
    .filter((value) => !value.startsWith("--from="))
    .flatMap((value) => value.split(" ").slice(0, -1))
  expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([])
  expect(sent[0]).toBe("*")
  expect(sent.slice(1).toSorted()).toEqual(copied.map((path) => `!${path.replace("./", "")}`).toSorted())
})

it("copies between stages that there are", () => {
  const stages = all("FROM").flatMap((value) => / AS (\w+)$/.exec(value)?.[1] ?? [])
  for (const value of all("COPY")) {
    const from = /^--from=(\w+)/.exec(value)?.[1]
    if (from !== undefined) expect(stages).toContain(from)
  }
})

it("has the Node that the tests run on", () => {
  const version = /^\^(\d+)\./.exec(manifest.devDependencies["node"] ?? "")?.[1]
  for (const value of all("FROM")) expect(value.replace(/ AS \w+$/, "")).toBe(`node:${version}-slim`)
})

it("runs without the rights of root", () => {
  const final = instructions.slice(instructions.findLastIndex(({ name }) => name === "FROM"))
  const users = final.filter(({ name }) => name === "USER")
  expect(users.at(-1)?.value).toMatch(/^[1-9]\d*:[1-9]\d*$/)
})

it("starts the command of the package, with arguments that it knows and the port that is asked for its health", () => {
  expect(JSON.parse(last("ENTRYPOINT"))).toEqual(["lutra"])
  expect(all("RUN").some((value) => value.includes(`/app/${manifest.bin.lutra} /usr/local/bin/lutra`))).toBe(
    true,
  )
  const [name, ...args] = JSON.parse(last("CMD")) as string[]
  const command = serveCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .action(() => {})
  expect(name).toBe(command.name())
  command.parse(args, { from: "user" })
  const { port, host } = command.opts()
  expect(host).toBe("0.0.0.0")
  expect(last("EXPOSE")).toBe(`${port}`)
  const asked = new URL(/http:[^']*/.exec(last("HEALTHCHECK"))?.[0] ?? "none:")
  expect([asked.port, HEALTH_PATHS.has(asked.pathname)]).toEqual([`${port}`, true])
})
