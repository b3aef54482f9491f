import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { dependencyOf } from "../../src/cli/files/dependency-of.ts"
import { lutraIn, refused } from "./support.ts"

const root = join(import.meta.dirname, "../..")
const FILES = [
  ".gitignore",
  "README.md",
  "index.html",
  "main.ts",
  "package.json",
  "program.test.ts",
  "program.ts",
  "server.ts",
  "tsconfig.json",
]

describe("lutra init", () => {
  const lutra = lutraIn({ "lutra-9.9.9.tgz": "" })
  const inFolder = (name: string): string => join(lutra.folder, name)
  const manifest = (name: string) => JSON.parse(readFileSync(inFolder(`${name}/package.json`), "utf8"))

  test("writes the files of the template, for this Lutra, and says what is next", async () => {
    const ended = await lutra(["init", "a/My Project"])
    expect(ended).toMatchObject({ status: 0, stderr: "" })
    expect(ended.stdout).toContain('next: cd "a/My Project" && npm install && npm test\n')
    expect(readdirSync(inFolder("a/My Project")).toSorted()).toEqual(FILES)
    for (const name of FILES.filter((name) => name !== "package.json")) {
      const source = join(root, "template", name === ".gitignore" ? "gitignore" : name)
      expect(readFileSync(inFolder(`a/My Project/${name}`), "utf8")).toBe(readFileSync(source, "utf8"))
    }
    const { name, dependencies, devDependencies } = manifest("a/My Project")
    expect(name).toBe("my-project")
    expect(resolve(inFolder("a/My Project"), dependencies.lutra.replace(/^file:/, ""))).toBe(root)
    expect(Object.keys(devDependencies)).toContain("vite")
  })

  test("makes a project depend on the archive that is given", async () => {
    expect((await lutra(["init", "b", "--lutra", "lutra-9.9.9.tgz"])).status).toBe(0)
    expect(manifest("b").dependencies.lutra).toBe("file:../lutra-9.9.9.tgz")
    expect(await lutra(["init", "c", "--lutra", "none.tgz"])).toEqual(
      refused("--lutra is none.tgz, where there is no file"),
    )
    expect(existsSync(inFolder("c"))).toBe(false)
  })

  test.each(["lutra", "node_modules/node_modules", "..."])(
    "names no project in %s as npm forbids",
    async (folder) => {
      expect((await lutra(["init", `names/${folder}`])).status).toBe(0)
      expect(manifest(`names/${folder}`).name).toBe("lutra-project")
    },
  )

  test("writes over nothing, and then nothing at all", async () => {
    mkdirSync(inFolder("d"))
    writeFileSync(inFolder("d/server.ts"), "mine")
    expect(await lutra(["init", "d"])).toEqual(
      refused("d has server.ts already, and nothing is written over\ngive another folder: lutra init FOLDER"),
    )
    expect(readdirSync(inFolder("d"))).toEqual(["server.ts"])
    expect(readFileSync(inFolder("d/server.ts"), "utf8")).toBe("mine")
  })

  test("refuses a file in the place of the folder", async () => {
    const ended = await lutra(["init", "lutra-9.9.9.tgz"])
    expect(ended).toMatchObject({ status: 2, stdout: "" })
    expect(ended.stderr).toMatch(/^lutra: lutra-9\.9\.9\.tgz cannot be written: /)
  })
})

describe("a project depends on Lutra", () => {
  const folder = mkdtempSync(join(tmpdir(), "lutra-init-"))
  afterAll(() => rmSync(folder, { recursive: true }))
  const installed = join(folder, "node_modules/lutra")
  mkdirSync(installed, { recursive: true })
  writeFileSync(join(installed, "package.json"), '{ "version": "1.2.3" }')
  writeFileSync(join(folder, "my lutra.tgz"), "")
  const resolvedTo = (resolved: string): void =>
    writeFileSync(
      join(folder, "node_modules/.package-lock.json"),
      JSON.stringify({ packages: { "node_modules/lutra": { version: "1.2.3", resolved } } }),
    )
  const project = join(folder, "projects/one")

  test("by its version when it came from a registry, or npm did not say from where", async () => {
    expect(await dependencyOf(installed, project)).toBe("^1.2.3")
    resolvedTo("https://registry.example/lutra-1.2.3.tgz")
    expect(await dependencyOf(installed, project)).toBe("^1.2.3")
  })

  test("by the archive that it was installed from, as long as that is there", async () => {
    resolvedTo("file:my lutra.tgz")
    expect(await dependencyOf(installed, project)).toBe("file:../../my lutra.tgz")
    resolvedTo("file:gone.tgz")
    expect(await dependencyOf(installed, project)).toBe("^1.2.3")
  })
})
