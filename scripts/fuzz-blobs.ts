import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { parseArgs } from "node:util"
import { fuzzLoaders, type LoaderTally } from "../tests/support/fuzz-loaders.ts"
import { isRefusal, makeLoaders } from "../tests/support/loaders.ts"
import { root } from "./markdown.ts"

const USE = `npm run fuzz:blobs -- [--blobs 10000] [--seed 1] [--replay FILE --loader NAME]
Gives altered keys, requests, replies, compiled programs and models to everything that reads such bytes. Whatever is not
refused in words, is accepted though it should not be, or takes 2 s is saved below fuzz/.`

const SLOWEST = 2000

const { values } = parseArgs({
  options: {
    blobs: { type: "string", default: "10000" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    replay: { type: "string" },
    loader: { type: "string" },
  },
})
const count = Number(values.blobs)
const seed = Number(values.seed)
if (!Number.isSafeInteger(count) || !Number.isSafeInteger(seed)) throw new Error(USE)

const megabytes = (): string => `${Math.round(process.memoryUsage.rss() / 1e6)} MB`

const rows = (tallies: ReadonlyMap<string, LoaderTally>): string =>
  [...tallies]
    .map(
      ([name, { blobs, accepted, reachedSeal, time, slowest }]) =>
        `${name.padEnd(26)} ${String(blobs).padStart(8)} blobs ${String(reachedSeal).padStart(7)} to SEAL ` +
        `${String(accepted).padStart(7)} accepted, ${(time / blobs).toFixed(1)} ms each, slowest ${Math.round(slowest)} ms`,
    )
    .join("\n")

using made = await makeLoaders(join(root, "tests/models"))
if (values.replay !== undefined) {
  const loader = made.loaders.find(({ name }) => name === values.loader)
  if (loader === undefined) throw new Error(USE)
  try {
    await loader.load(new Uint8Array(readFileSync(values.replay)))
    console.log("accepted")
  } catch (error) {
    if (!isRefusal(error)) throw error
    console.log(`refused: ${error.message}`)
  }
} else {
  const start = performance.now()
  const { tallies, found } = await fuzzLoaders(made, count, seed, SLOWEST, (done, tallies) => {
    if (done % 20_000 === 0) {
      console.log(
        `${done} blobs, ${Math.round((performance.now() - start) / 1000)} s, ${megabytes()} resident`,
      )
      if (done % 200_000 === 0) console.log(rows(tallies))
    }
  })
  console.log(rows(tallies))
  const total = [...tallies.values()].reduce((sum, { blobs }) => sum + blobs, 0)
  console.log(
    `${total} blobs, seed ${seed}, ${Math.round((performance.now() - start) / 1000)} s, ${megabytes()} resident`,
  )
  if (found !== undefined) {
    const folder = join(root, "fuzz")
    mkdirSync(folder, { recursive: true })
    const file = join(folder, `${found.loader.replaceAll(" ", "-")}-${seed}.bin`)
    writeFileSync(file, found.bytes)
    console.log(`${found.loader}: ${found.wrong}`)
    console.log(
      `replay: npm run fuzz:blobs -- --replay ${relative(process.cwd(), file)} --loader "${found.loader}"`,
    )
    process.exitCode = 1
  }
}
