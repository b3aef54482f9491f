import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { connect } from "lutra/client"
import { createService, FilesystemStorage } from "lutra/serve"
import { splitDigits } from "../examples/digits/data.ts"
import { loadNetwork, reducePixels } from "../examples/digits/network.ts"
import { compileDigits } from "../examples/digits/program.ts"
import { formatMs, formatRatio, textTable } from "./format.ts"
import { median } from "./statistics.ts"

/**
 * One image through a served program, over HTTP on this machine, and the same in one process: encrypt, run, decrypt.
 * Runs alternate, so that what else the machine does meets both.
 */
const { values } = parseArgs({ options: { runs: { type: "string", default: "7" } } })
const runs = Number(values.runs)
const network = loadNetwork()
const program = compileDigits(network, 1)
const folder = mkdtempSync(join(tmpdir(), "lutra-served-"))
const service = await createService({
  models: { digits: program },
  storage: await FilesystemStorage.open(folder),
  workers: 1,
})
try {
  const url = await service.listen({ port: 0 })
  const connection = await connect(url)
  const client = await program.client()
  const server = await program.server(client.evaluationKeys())
  const images = splitDigits().heldBack.slice(0, runs + 1)
  const inProcess: number[] = []
  const overHttp: number[] = []
  for (const [i, { pixels }] of images.entries()) {
    const inputs = { image: reducePixels(pixels, network.brightest) }
    const start = performance.now()
    const own = client.decrypt(await server.run(client.encrypt(inputs)))
    const middle = performance.now()
    const theirs = await connection.run(inputs)
    const end = performance.now()
    if (JSON.stringify(own) !== JSON.stringify(theirs)) throw new Error(`image ${i} has two answers`)
    // The first of each loads keys and encodes constants.
    if (i > 0) {
      inProcess.push(middle - start)
      overHttp.push(end - middle)
    }
  }
  const ratio = median(overHttp.map((time, i) => time / inProcess[i]!))
  console.log(
    textTable({
      header: ["one image", "median", "least", "most"],
      rows: [
        ["in one process", inProcess],
        ["over HTTP", overHttp],
      ].map(([name, times]) => {
        const all = times as number[]
        return [name as string, ...[median(all), Math.min(...all), Math.max(...all)].map(formatMs)]
      }),
    }),
  )
  console.log(`over HTTP takes ${formatRatio(ratio)}, in the median of ${runs} pairs; the bar is 1.25x`)
  await connection.dispose()
  server.dispose()
  client.dispose()
} finally {
  await service.stop(0)
  rmSync(folder, { recursive: true })
}
