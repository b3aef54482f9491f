import { availableParallelism } from "node:os"
import { Command } from "commander"
import type { FinishedRun } from "../../serve/index.ts"
import { placeOf } from "../arguments/place-of.ts"
import { readAddress } from "../arguments/read-address.ts"
import { readCount } from "../arguments/read-count.ts"
import { logLine } from "../log-line.ts"
import { refuse } from "../refuse.ts"
import { reportErrors } from "../report-errors.ts"
import { readModels, signalled } from "./serve.ts"

interface WorkerFlags {
  readonly queue: string
  readonly data?: string
  readonly storage?: string
  readonly s3Endpoint?: string
  readonly workers?: number
  readonly workerMemory?: number
  readonly maxGroups: number
  readonly timeout: number
  readonly expiry: number
  readonly lock: number
  readonly json?: true
}

/** `lutra worker`: runs what `lutra serve --queue` has accepted. Logs go to stdout, one JSON object a line. */
export const workerCommand = (): Command =>
  new Command("worker")
    .description("Runs the requests that lutra serve --queue puts into a queue.")
    .argument("<models...>", "the .lutra files that are served, or NAME=FILE as with serve")
    .requiredOption("--queue <url>", "redis://HOST:PORT of the servers", readAddress("--queue", "queue"))
    .option("--data <folder>", "the folder of the servers, which all must share")
    .option("--storage <place>", "s3://BUCKET/FOLDER of the servers, with the usual AWS_ variables")
    .option(
      "--s3-endpoint <url>",
      "an S3 service other than Amazon's",
      readAddress("--s3-endpoint", "endpoint"),
    )
    .option(
      "--workers <count>",
      "runs at the same time (default: as many as cores)",
      readCount("--workers", 1024),
    )
    .option("--worker-memory <megabytes>", "after which a thread is replaced", readCount("--worker-memory"))
    .option("--max-groups <count>", "full ciphertexts of samples in a request", readCount("--max-groups"), 64)
    .option("--timeout <seconds>", "that one run may take", readCount("--timeout", 1e6), 120)
    .option("--expiry <days>", "after which keys that nobody used are unknown", readCount("--expiry"), 30)
    .option(
      "--lock <seconds>",
      "after which the runs of a worker that has died are given to another",
      readCount("--lock"),
      10,
    )
    .option("--json", "tell when it is ready in a line of the log, not on stderr")
    .option("--verbose", "show where an error comes from")
    .action(work)

const work = async (files: readonly string[], flags: WorkerFlags): Promise<void> => {
  const place =
    placeOf(flags) ??
    refuse("a worker needs --data FOLDER or --storage s3://BUCKET/FOLDER, that of the servers")
  const sources = await readModels(files)
  const { createKeyStore, LocalEvaluator, modelsByName, openStorage, serveModel, startQueueWorker } =
    await import("../../serve/index.ts")
  const models = modelsByName(
    Object.entries(sources).map(([name, source]) => serveModel({ name, source, maxGroups: flags.maxGroups })),
  )
  const storage = await openStorage(place, {
    ...process.env,
    ...(flags.s3Endpoint !== undefined && { AWS_ENDPOINT_URL_S3: flags.s3Endpoint }),
  })
  const keys = createKeyStore(storage, { maxAge: 86_400_000 * flags.expiry })
  const workers = flags.workers ?? availableParallelism()
  const evaluator = new LocalEvaluator({
    models,
    workers,
    maxGroups: flags.maxGroups,
    timeoutSeconds: flags.timeout,
    loadKeys: (client, sha256) => keys.get(client, sha256),
    ...(flags.workerMemory !== undefined && { workerMemoryBytes: 1e6 * flags.workerMemory }),
  })
  try {
    const worker = await startQueueWorker({
      queue: flags.queue,
      storage,
      models,
      evaluator,
      lockMilliseconds: 1000 * flags.lock,
      onBegin: (run) => logLine({ msg: "run begins", ...run }),
      onRun: (run) => logRun(run),
      onError: reportErrors(),
    })
    const stopped = signalled()
    if (flags.json) logLine({ msg: "ready", models: [...models.keys()], workers })
    else process.stderr.write(`ready for ${[...models.keys()].join(", ")}, ${workers} at a time\n`)
    await stopped
    if (flags.json) logLine({ msg: "stopping" })
    else process.stderr.write("stopping when the runs that have begun are finished\n")
    await worker.close()
  } finally {
    await evaluator.close()
  }
}

const logRun = ({ milliseconds, ...run }: FinishedRun): void =>
  logLine({ msg: "run", ...run, ms: Math.round(10 * milliseconds) / 10 })
