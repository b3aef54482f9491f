import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { importModel } from "../../src/ml/index.ts"
import { modelFolder, testOf } from "../ml/models.ts"
import { lutraIn, refused } from "./support.ts"

const model = join(modelFolder, "cancer-tree.onnx")
const { x, y } = testOf(model) as unknown as { x: number[][]; y: number[] }
const names = x[0]!.map((_, i) => `feature${i}`)
const table = [[...names, "label"], ...x.map((row, i) => [...row, y[i]!])]
  .map((row) => row.join(","))
  .join("\n")

const lutra = lutraIn({
  "labelled.csv": table,
  "rows.csv": x
    .slice(0, 3)
    .map((row) => row.join(","))
    .join("\n"),
  "odd.csv": "1,2\n3,apple\n",
  "empty.csv": "",
})
const compiled = (...args: string[]) => lutra(["compile", model, ...args, "-o", "tree.lutra"])

describe("lutra compile of a model", () => {
  test("quantizes it on rows with labels, tells what that loses, and writes a program of rows", async () => {
    const { status, stdout, stderr } = await compiled("--calibration", "labelled.csv", "--labels", "label")
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
    expect(stdout).toContain("trees model, quantized on 171 rows\n  floating point  accuracy 9")
    expect(readFileSync(join(lutra.folder, "tree.lutra")).length).toBeGreaterThan(1000)
    const run = await lutra(["run", "tree.lutra", "--rows", "rows.csv", "--evaluate"])
    const wanted = (await importModel(model)).predictFloat(x.slice(0, 3))
    expect(JSON.parse(run.stdout)).toEqual(wanted.map((row) => row.map((score) => expect.closeTo(score, 5))))
  })

  test("draws loss over time, with the point that was chosen", async () => {
    const args = ["--calibration", "labelled.csv", "--labels", "label", "--svg", "frontier.svg"]
    const { status, stdout } = await compiled(...args)
    expect(status).toBe(0)
    const svg = readFileSync(join(lutra.folder, "frontier.svg"), "utf8")
    const [, time] = /about (\S+ m?s) for one row/.exec(stdout)!
    expect(svg).toMatch(/^<svg /)
    expect(svg).toContain(`>${time}, nothing lost: `)
    expect(svg).toContain(">allowed<")
    expect(svg.match(/<circle /g)).toHaveLength(2)
    expect((await compiled(...args.slice(0, -1), "no/such/folder.svg")).stderr).toMatch(
      /^lutra: no\/such\/folder.svg cannot be written: /,
    )
  })

  test("needs rows, and says so", async () => {
    expect(await compiled()).toEqual(
      refused(
        `${model} is a model, whose ranges are measured on rows\n` +
          "give --calibration rows.csv, some of the rows it was trained on",
      ),
    )
  })

  test.each([
    [["--calibration", "odd.csv"], 'odd.csv, row 1, column 1 is "apple", which is no number'],
    [["--calibration", "empty.csv"], "empty.csv holds no rows"],
    [["--calibration", "missing.csv"], "missing.csv cannot be read: there is no such file"],
    [["--calibration", "rows.csv", "--labels", "99"], "--labels is 99, which is no column of rows.csv"],
    [
      ["--calibration", "rows.csv", "--max-loss", "-1"],
      "--max-loss is -1; it counts points of accuracy, from 0",
    ],
  ])("refuses %o", async (args, message) => {
    const ended = await compiled(...args)
    expect(ended.status).toBe(2)
    expect(ended.stderr.split("\n")[0]).toBe(`lutra: ${message}`)
  })
})

test("a program of no model takes no rows", async () => {
  const other = lutraIn({ "rows.csv": "1\n", "a.ir": "program a {\n}\n" })
  expect((await other(["run", "a.ir", "--rows", "rows.csv"])).status).toBe(2)
})
