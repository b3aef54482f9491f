import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { Command } from "commander"
import type { Authenticate, EvaluatorParts, ModelSource, Tls } from "../../serve/index.ts"
import { placeOf } from "../arguments/place-of.ts"
import { readAddress, readAddresses } from "../arguments/read-address.ts"
import { readCount } from "../arguments/read-count.ts"
import { readHost } from "../arguments/read-host.ts"
import { describeService, serviceData } from "../describe-service.ts"
import { inFile } from "../files/in-file.ts"
import { readBytes } from "../files/read-bytes.ts"
import { readText } from "../files/read-text.ts"
import { logLine } from "../log-line.ts"
import { refuse } from "../refuse.ts"
import { reportErrors } from "../report-errors.ts"

interface ServeFlags {
  readonly port: number
  readonly host: string
  readonly data?: string
  readonly storage?: string
  readonly s3Endpoint?: string
  readonly queue?: string
  readonly tokens?: string
  readonly workers?: number
  readonly workerMemory?: number
  readonly maxQueue: number
  readonly maxGroups: number
  readonly timeout: number
  readonly grace: number
  readonly quota: number
  readonly expiry: number
  readonly origin?: readonly string[]
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly json?: true
}

/**
 * `lutra serve`: programs behind HTTP. Logs go to stdout, one JSON object a line; what is served is told on stderr, or with
 * --json in a line of the log.
 */
export const serveCommand = (): Command =>
  new Command("serve")
    .description("Serves programs over HTTP to clients that alone can decrypt.")
    .argument("<models...>", ".lutra files that compile wrote, or NAME=FILE to serve one under another name")
    .option("--port <number>", "where to listen", readPort, 8080)
    .option(
      "--host <address>",
      "where to listen; others than this machine's own need --tokens",
      readHost,
      "127.0.0.1",
    )
    .option("--tokens <file>", "who may come: lines NAME TOKEN, or NAME sha256:HEX; read again on SIGHUP")
    .option("--data <folder>", "where the evaluation keys of clients are kept (default: lutra-data)")
    .option("--storage <place>", "s3://BUCKET/FOLDER in place of --data, with the usual AWS_ variables")
    .option(
      "--s3-endpoint <url>",
      "an S3 service other than Amazon's",
      readAddress("--s3-endpoint", "endpoint"),
    )
    .option(
      "--queue <url>",
      "redis://HOST:PORT, from which lutra worker takes the runs",
      readAddress("--queue", "queue"),
    )
    .option("--quota <megabytes>", "keys that one client may store", readCount("--quota"), 1000)
    .option("--expiry <days>", "after which keys that nobody used are deleted", readCount("--expiry"), 30)
    .option(
      "--workers <count>",
      "runs at the same time (default: as many as cores)",
      readCount("--workers", 1024),
    )
    .option("--worker-memory <megabytes>", "after which a worker is replaced", readCount("--worker-memory"))
    .option("--max-queue <count>", "requests that may wait", readCount("--max-queue"), 64)
    .option("--max-groups <count>", "full ciphertexts of samples in a request", readCount("--max-groups"), 64)
    .option("--timeout <seconds>", "that one run may take", readCount("--timeout", 1e6), 120)
    .option("--grace <seconds>", "for accepted requests after SIGTERM", readCount("--grace", 1e6), 30)
    .option("--origin <url...>", "pages that may use the service", readAddresses("--origin", "origin"))
    .option("--tls-cert <file>", "certificate in PEM, to speak HTTPS; read again on SIGHUP")
    .option("--tls-key <file>", "the key of that certificate, in PEM")
    .option("--json", "tell what is served in a line of the log, not on stderr")
    .option("--verbose", "show where an error comes from")
    .action(serve)

const serve = async (files: readonly string[], flags: ServeFlags): Promise<void> => {
  const { queue } = flags
  if (queue !== undefined && flags.workers !== undefined) {
    refuse("with --queue, it is lutra worker that runs programs and has --workers")
  }
  const place = placeOf(flags) ?? "lutra-data"
  const models = await readModels(files)
  const tokens = flags.tokens === undefined ? undefined : await watchTokens(flags.tokens)
  const readTls = tlsReader(flags)
  const tls = await readTls?.()
  // Loaded here, so that other commands start without a web server.
  const { createService, openStorage, RedisEvaluator } = await import("../../serve/index.ts")
  const service = await createService({
    models,
    storage: await openStorage(place, {
      ...process.env,
      ...(flags.s3Endpoint !== undefined && { AWS_ENDPOINT_URL_S3: flags.s3Endpoint }),
    }),
    keyLimits: { maxBytes: 1e6 * flags.quota, maxAge: 86_400_000 * flags.expiry },
    ...(tokens && { authenticate: tokens.authenticate }),
    ...(flags.workers !== undefined && { workers: flags.workers }),
    ...(flags.workerMemory !== undefined && { workerMemoryBytes: 1e6 * flags.workerMemory }),
    ...(queue !== undefined && {
      createEvaluator: (parts: EvaluatorParts) =>
        RedisEvaluator.connect({ ...parts, queue, maxWaiting: flags.maxQueue, onError: reportErrors() }),
    }),
    maxWaiting: flags.maxQueue,
    maxGroups: flags.maxGroups,
    timeoutSeconds: flags.timeout,
    origins: flags.origin ?? [],
    ...(tls && { tls }),
    logger: { level: "info" },
  })
  const certificate =
    readTls &&
    onHangUp(async () => {
      service.renewTls(await readTls())
      return `read the certificate of ${flags.tlsCert} again`
    }, "the certificate stays as it was")
  try {
    const url = await service.listen({ port: flags.port, host: flags.host })
    // Heard from before it is told, because who reads that may stop it at once.
    const stopped = signalled()
    const facts = { ...flags, tokens: flags.tokens, queue, url, place: flags.storage ?? resolve(place) }
    if (flags.json) logLine({ msg: "serving", ...serviceData(service, facts) })
    else process.stderr.write(describeService(service, facts))
    await stopped
    if (flags.json) logLine({ msg: "stopping", graceSeconds: flags.grace })
    else process.stderr.write(`stopping; accepted requests have ${flags.grace} s\n`)
  } finally {
    tokens?.dispose()
    certificate?.()
    await service.stop(flags.grace)
  }
}

const readPort = (text: string): number =>
  /^\d{1,5}$/.test(text) && Number(text) < 65_536
    ? Number(text)
    : refuse(`--port is ${text}; it is a number below 65536, 0 for any that is free`)

/** The programs of files by the names that they are served under. */
export const readModels = async (files: readonly string[]): Promise<Record<string, ModelSource>> => {
  const { loadAnyBytes } = await import("../../compiler/index.ts")
  const models: Record<string, ModelSource> = {}
  for (const given of files) {
    const [, name, file = given] = /^([A-Za-z0-9_][\w.-]*)=(.+)$/.exec(given) ?? []
    const wrong = name === undefined ? /^([^/\\]*)=/.exec(given)?.[1] : undefined
    if (wrong !== undefined && !existsSync(given))
      refuse(`"${wrong}" is no name to serve a program under; it has letters, digits, _, . and -`)
    const source = await inFile(file!, async () => loadAnyBytes(await readBytes(file!)))
    const served = name ?? source.spec.name
    if (Object.hasOwn(models, served)) refuse(`two models are called ${served}; give one as NAME=${file}`)
    models[served] = source
  }
  return models
}

/** The tokens of a file, which are read again on SIGHUP; a file that is wrong by then changes nothing. */
const watchTokens = async (
  file: string,
): Promise<{ readonly authenticate: Authenticate; readonly dispose: () => void }> => {
  const { readTokens } = await import("../../serve/index.ts")
  const read = async (): Promise<Authenticate> => inFile(file, async () => readTokens(await readText(file)))
  let current = await read()
  const reload = async (): Promise<string> => {
    current = await read()
    return `read the tokens of ${file} again`
  }
  const dispose = onHangUp(reload, "the tokens stay as they were")
  return { authenticate: (token) => current(token), dispose }
}

/** Does something at each SIGHUP and says what, or why it cannot be done; returns how to end that. */
const onHangUp = (reload: () => Promise<string>, otherwise: string): (() => void) => {
  const hear = (): void => {
    reload().then(
      (done) => process.stderr.write(`${done}\n`),
      (error: Error) => process.stderr.write(`${otherwise}: ${error.message}\n`),
    )
  }
  process.on("SIGHUP", hear)
  return () => process.off("SIGHUP", hear)
}

/** Reads certificate and key; undefined when there are none to read. */
const tlsReader = ({ tlsCert, tlsKey }: ServeFlags): (() => Promise<Tls>) | undefined => {
  if (tlsCert === undefined && tlsKey === undefined) return undefined
  if (tlsCert === undefined) return refuse("--tls-key is the key of a certificate; give that as --tls-cert")
  if (tlsKey === undefined) return refuse("--tls-cert needs its key; give that as --tls-key")
  return async () => ({ cert: await readText(tlsCert), key: await readText(tlsKey) })
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
export const signalled = (): Promise<void> =>
  new Promise((done) => {
    const signals = ["SIGTERM", "SIGINT"] as const
    const hear = (): void => {
      for (const signal of signals) process.off(signal, hear)
      done()
    }
    for (const signal of signals) process.on(signal, hear)
  })
