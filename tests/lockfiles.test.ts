import { readdirSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"

interface Entry {
  readonly version?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly link?: boolean
}

const bundlers = new URL("bundlers/", import.meta.url)
const lockfiles = [
  new URL("../package-lock.json", import.meta.url),
  ...readdirSync(bundlers, { withFileTypes: true })
    .filter(
      (entry) =>
        entry.isDirectory() && readdirSync(new URL(entry.name, bundlers)).includes("package-lock.json"),
    )
    .map(({ name }) => new URL(`${name}/package-lock.json`, bundlers)),
]

describe.each(lockfiles.map((file) => [file.pathname.split("/").slice(-3).join("/"), file] as const))(
  "%s",
  (_, file) => {
    const { packages } = JSON.parse(readFileSync(file, "utf8")) as { packages: Record<string, Entry> }
    const installed = Object.entries(packages).filter(([path, { link }]) => path !== "" && link !== true)

    it("tells the hash of every package that npm may fetch", () => {
      const without = installed.filter(
        ([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==/.test(integrity ?? ""),
      )
      expect(installed.length).toBeGreaterThan(0)
      expect(without.map(([path]) => path)).toEqual([])
    })

    it("names no registry", () => {
      expect(installed.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([])
    })
  },
)
