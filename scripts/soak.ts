import { parseArgs } from "node:util"
import { median } from "../src/runtime/index.ts"
import { type SoakResult, soak } from "../tests/support/soak.ts"

const USE = `npm run soak -- [--requests 2000] [--minutes 30] [--clients 8]
Starts lutra serve and lets clients use it at the same time, some of which disconnect, send too much or nonsense. Compares
every answer with the program in the clear, and watches the memory of the server.`

const options = () => {
  const { values } = parseArgs({
    options: {
      requests: { type: "string", default: "2000" },
      minutes: { type: "string", default: "30" },
      clients: { type: "string", default: "8" },
    },
  })
  const count = (name: keyof typeof values): number => {
    const number = Number(values[name])
    if (number > 0) return number
    throw Object.assign(new Error(`--${name} is ${values[name]}; it is a number above 0`), {
      code: "ERR_PARSE_ARGS",
    })
  }
  return { requests: count("requests"), seconds: 60 * count("minutes"), clients: count("clients") }
}

/** Megabytes at the beginning of the last three quarters, at the end, and at most, each a median of a tenth. */
const memoryOf = ({ memory }: SoakResult): [number, number, number] => {
  const part = Math.max(1, Math.floor(memory.length / 10))
  const warm = Math.floor(memory.length / 4)
  const megabytes = (values: readonly number[]) => median([...values]) / 1e6
  return [
    megabytes(memory.slice(warm, warm + part)),
    megabytes(memory.slice(-part)),
    Math.max(...memory) / 1e6,
  ]
}

const print = (result: SoakResult): void => {
  const { tally, seconds, latencies, restarts, status } = result
  const [warm, end, most] = memoryOf(result)
  const quantile = (q: number) => `${latencies[Math.floor(q * (latencies.length - 1))]?.toFixed(0)} ms`
  const rows: [string, string | number][] = [
    ["minutes", (seconds / 60).toFixed(1)],
    ["right answers", tally.right],
    ["wrong answers", tally.wrong],
    ["lost requests", tally.lost],
    ["refused, as too many waited", tally.busy],
    ["refused, as they must be", tally.refused],
    ["clients that left", tally.left],
    ["unexpected answers", tally.unexpected.length],
    ["workers that were replaced", restarts],
    ["a round, median", quantile(0.5)],
    ["a round, 95 of 100", quantile(0.95)],
    ["memory after a quarter", `${warm.toFixed(0)} MB`],
    ["memory at the end", `${end.toFixed(0)} MB`],
    ["most memory", `${most.toFixed(0)} MB`],
    ["exit status", String(status)],
  ]
  for (const [what, value] of rows) console.log(`| ${what.padEnd(28)} | ${String(value).padStart(9)} |`)
  for (const said of new Set(tally.unexpected)) console.log(said)
}

try {
  const onProgress = ({ right }: SoakResult["tally"], seconds: number): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r${right} right answers in ${seconds.toFixed(0)} s`)
  }
  const result = await soak({ ...options(), onProgress })
  print(result)
  const { wrong, lost, unexpected } = result.tally
  process.exitCode = wrong + lost + unexpected.length > 0 || result.status !== 0 ? 1 : 0
} catch (error) {
  if (!String((error as NodeJS.ErrnoException).code).startsWith("ERR_PARSE_ARGS")) throw error
  console.error(`${(error as Error).message}\n${USE}`)
  process.exitCode = 2
}
