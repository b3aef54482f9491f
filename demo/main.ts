import { parseArgs } from "node:util"
import type { ModelSource } from "../src/serve/index.ts"
import { demoModels } from "./models.ts"
import { serveDemo } from "./serve-demo.ts"

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "5180" },
    // Another than this machine's own lets phones in the same network open the page.
    host: { type: "string", default: "127.0.0.1" },
  },
})

const port = Number(values.port)
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`--port is ${values.port}; it is a number below 65536, 0 for any that is free`)
  process.exit(2)
}

console.log("compiling the models")
const models: Record<string, ModelSource> = {}
for (const [name, make] of Object.entries(demoModels)) models[name] = await make()
console.log("building the page")
const demo = await serveDemo({ models, port, host: values.host }).catch((error: Error) => {
  console.error(`the demo cannot start: ${error.message}\nchoose another place with --port and --host`)
  process.exit(1)
})
console.log(`open ${demo.url} and draw a digit; Ctrl+C ends the demo`)

const stop = async (): Promise<void> => {
  await demo.stop()
  process.exit()
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop())
