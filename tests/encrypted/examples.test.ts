import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { expect, test } from "vitest"

const folder = join(import.meta.dirname, "../../examples")

test.each(["digits-onnx", "breast-cancer", "scoring", "diabetes", "wine"])(
  "%s prints what its expected.txt says",
  async (name) => {
    const args = ["-C", "source", join(folder, name, "main.ts")]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    expect(stdout).toBe(readFileSync(join(folder, name, "expected.txt"), "utf8"))
    expect(stdout).toMatch(/^equal in clear +true$/m)
  },
)
