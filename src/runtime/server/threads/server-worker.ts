// The program of a server's worker threads; worker-pool.ts starts it.
import { parentPort, workerData } from "node:worker_threads"
import { keyedOf } from "../../messages/rounds-and-residues.ts"
import { CircuitCache } from "../circuit-cache.ts"
import type { GroupJob } from "../engine.ts"
import { GroupRunner } from "../group-runner.ts"
import { type Answer, type Order, toErrorText, type WorkerSetUp } from "./worker-messages.ts"

/** Milliseconds between two reports of progress. */
const REPORT = 50

const port = parentPort!
const tell = (answer: Answer, transfer: ArrayBuffer[] = []): void => port.postMessage(answer, transfer)

const start = async (setUp: WorkerSetUp): Promise<void> => {
  const { spec, circuits, evaluationKeys, cacheBytes, wasmUrl } = setUp
  const runner = await GroupRunner.create(spec, circuits, evaluationKeys, {
    cacheBytes,
    ...(wasmUrl !== undefined && { wasmUrl }),
  })
  const later = new CircuitCache<number>()
  const running = new Map<number, AbortController>()
  port.on("message", (order: Order) => {
    if (order.kind === "cancel") {
      running.get(order.id)?.abort(new Error("cancelled"))
      return
    }
    const control = new AbortController()
    running.set(order.id, control)
    const { circuit: number, unknown, ...job } = order.job
    const circuit = circuits[number] ?? later.get(number, () => unknown!)
    void run(runner, order, { ...job, circuit }, control.signal).finally(() => running.delete(order.id))
  })
  const parameters = keyedOf(spec).map((residue) => residue.parameters)
  const levels = runner.levelIds.map(({ primes, key, data }, i) => ({
    primes,
    key,
    data: parameters[i]!.primes.slice(1).map((_, k) => data(k + 1)),
  }))
  tell({ kind: "ready", levels })
}

const run = async (
  runner: GroupRunner,
  { id, reportSteps }: Order & { kind: "run" },
  job: GroupJob,
  signal: AbortSignal,
): Promise<void> => {
  const reporter = reportSteps ? stepReporter(id) : undefined
  try {
    const onSteps = reporter?.onSteps
    const ciphertexts = await runner.runGroup(job, { signal, ...(onSteps && { onSteps }) })
    reporter?.flush()
    // Views of SEAL's memory cannot be transferred; what it saves is a copy.
    tell(
      { kind: "done", id, ciphertexts },
      ciphertexts.map(({ buffer }) => buffer as ArrayBuffer),
    )
  } catch (error) {
    tell({ kind: "failed", id, error: toErrorText(error) })
  }
}

/** Gathers steps, so that short instructions do not each cost a message. */
const stepReporter = (id: number) => {
  let count = 0
  let last = ""
  let reported = performance.now()
  const flush = (): void => {
    if (count === 0) return
    tell({ kind: "steps", id, count, doing: last })
    count = 0
    reported = performance.now()
  }
  const onSteps = (more: number, doing: string): void => {
    count += more
    last = doing
    if (performance.now() - reported >= REPORT) flush()
  }
  return { onSteps, flush }
}

try {
  await start(workerData as WorkerSetUp)
} catch (error) {
  tell({ kind: "refused", error: toErrorText(error) })
}
