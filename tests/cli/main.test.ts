import { describe, expect, test } from "vitest"
import packageJson from "../../package.json" with { type: "json" }
import { complaintAboutNode } from "../../src/cli/node-version.ts"
import { lutraIn, printed, refused } from "./support.ts"

const lutra = lutraIn({})

describe("lutra", () => {
  test("explains its commands on stdout", async () => {
    for (const args of [["--help"], ["help"]]) {
      expect(await lutra(args)).toEqual(
        printed(expect.stringMatching(/^Usage: lutra .*opt .*inspect .*run /s)),
      )
    }
  })

  test("explains the options of a command on stdout", async () => {
    expect(await lutra(["opt", "--help"])).toEqual(printed(expect.stringContaining("--print-after-all")))
  })

  test("prints the version of the package", async () => {
    expect(await lutra.spawned(["--version"])).toEqual(printed(`${packageJson.version}\n`))
  })

  test.each([
    [[], "no command is given; lutra --help shows them"],
    [["optimise"], "unknown command 'optimise'"],
    [["insect"], "unknown command 'insect' (Did you mean inspect?)"],
    [["--fast"], "unknown option '--fast'; lutra --help shows the options"],
    [["opt"], "missing required argument 'file'"],
    [["opt", "a.ir", "b.ir"], "too many arguments for 'opt'. Expected 1 argument but got 2."],
    [["opt", "a.ir", "--pases", "x"], "unknown option '--pases' (Did you mean --passes?)"],
    [["opt", "a.ir", "--passes"], "option '--passes <names>' argument missing"],
    [["run", "a.ir"], "required option '--input <file>' not specified"],
    [
      ["inspect", "a.ir", "--report", "--circuit"],
      "option '--circuit' cannot be used with option '--report'",
    ],
    [
      ["run", "a.ir", "--input", "b.json", "--simulate", "--evaluate"],
      "option '--simulate' cannot be used with option '--evaluate'",
    ],
  ])("refuses %j in one line", async (args, message) => {
    expect(await lutra(args)).toEqual(refused(message))
  })
})

describe("on a Node that cannot load SEAL, lutra", () => {
  test("says in one line which one is needed", async () => {
    const ended = await lutra.spawned(["--help"], "", ["--no-experimental-wasm-exnref"])
    const version = process.version.slice(1)
    expect(ended).toEqual(refused(`Node ${version} cannot load SEAL; Node >= 22.22.2 or >= 24.15 is needed`))
  })

  test("complains about what Node can do and not about its number", () => {
    expect(complaintAboutNode("v20.20.2", false)).toBe(
      "Node 20.20.2 cannot load SEAL; Node >= 22.22.2 or >= 24.15 is needed",
    )
    expect(complaintAboutNode("v20.20.2", true)).toBeUndefined()
  })
})
