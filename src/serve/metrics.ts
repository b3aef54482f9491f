import type { Counter, Histogram, Registry } from "prom-client"
import { HTTP_PACKAGES, loadPackages } from "./load-packages.ts"

type PromClient = typeof import("prom-client")

/** What is counted of one request. */
export interface RequestCount {
  /** The pattern of its path, which names no key. */
  readonly route: string
  readonly method: string
  readonly status: number
  readonly bytesIn: number
  readonly bytesOut: number
}

export interface MetricsSources {
  waiting(): number
  running(): number
}

const SECONDS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100]

/** Throws RuntimeError when prom-client is not installed. */
export const createMetrics = async (sources: MetricsSources): Promise<Metrics> =>
  new Metrics(await loadPackages("a server", HTTP_PACKAGES, () => import("prom-client")), sources)

/** Numbers for Prometheus, in a registry of their own. None tells anything of a single client. */
export class Metrics {
  readonly #registry: Registry
  readonly #requests: Counter
  readonly #bytes: Counter
  readonly #waits: Histogram
  readonly #runs: Histogram
  readonly #keys: Counter
  readonly #restarts: Counter

  constructor(prom: PromClient, { waiting, running }: MetricsSources) {
    this.#registry = new prom.Registry()
    const registers = [this.#registry]
    this.#requests = new prom.Counter({
      name: "lutra_requests_total",
      help: "Requests that were answered",
      labelNames: ["route", "method", "status"],
      registers,
    })
    this.#bytes = new prom.Counter({
      name: "lutra_bytes_total",
      help: "Bytes of bodies, received and sent",
      labelNames: ["route", "direction"],
      registers,
    })
    this.#waits = new prom.Histogram({
      name: "lutra_wait_seconds",
      help: "Time that runs waited for a worker",
      labelNames: ["model"],
      buckets: SECONDS,
      registers,
    })
    this.#runs = new prom.Histogram({
      name: "lutra_run_seconds",
      help: "Time that runs took in a worker",
      labelNames: ["model"],
      buckets: SECONDS,
      registers,
    })
    this.#keys = new prom.Counter({
      name: "lutra_keys_total",
      help: "Sets of evaluation keys that were stored, known already, deleted, or expired",
      labelNames: ["event"],
      registers,
    })
    this.#restarts = new prom.Counter({
      name: "lutra_worker_restarts_total",
      help: "Workers that were replaced, by reason",
      labelNames: ["reason"],
      registers,
    })
    const gauge = (name: string, help: string, read: () => number): void => {
      new prom.Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read())
        },
      })
    }
    gauge("lutra_queue_waiting", "Runs that wait for a worker", waiting)
    gauge("lutra_queue_running", "Runs that a worker is at", running)
    prom.collectDefaultMetrics({ register: this.#registry })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  countRequest({ route, method, status, bytesIn, bytesOut }: RequestCount): void {
    this.#requests.inc({ route, method, status })
    this.#bytes.inc({ route, direction: "in" }, bytesIn)
    this.#bytes.inc({ route, direction: "out" }, bytesOut)
  }

  /** Milliseconds. */
  countRun(model: string, waited: number, ran: number): void {
    this.#waits.observe({ model }, waited / 1000)
    this.#runs.observe({ model }, ran / 1000)
  }

  countKeys(event: "stored" | "known" | "deleted" | "expired", count = 1): void {
    this.#keys.inc({ event }, count)
  }

  countRestart(reason: string): void {
    this.#restarts.inc({ reason })
  }
}
