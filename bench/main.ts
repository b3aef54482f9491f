import { parseArgs } from "node:util"
import { compileTimes } from "./compile-times.ts"

/** Measures what Lutra exists for. `--json FILE` keeps the figures. */
const { values } = parseArgs({
  options: { json: { type: "string" }, quick: { type: "boolean", default: false } },
})

const results = { compileTimes: compileTimes(values.quick) }
if (values.json !== undefined) {
  const { writeFileSync } = await import("node:fs")
  writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`)
}
