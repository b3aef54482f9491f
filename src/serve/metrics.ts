import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client"

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

/** Numbers for Prometheus, in a registry of their own. None tells anything of a single client. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #requests = new Counter({
    name: "lutra_requests_total",
    help: "Requests that were answered",
    labelNames: ["route", "method", "status"],
    registers: [this.#registry],
  })
  readonly #bytes = new Counter({
    name: "lutra_bytes_total",
    help: "Bytes of bodies, received and sent",
    labelNames: ["route", "direction"],
    registers: [this.#registry],
  })
  readonly #waits = new Histogram({
    name: "lutra_wait_seconds",
    help: "Time that runs waited for a worker",
    labelNames: ["model"],
    buckets: SECONDS,
    registers: [this.#registry],
  })
  readonly #runs = new Histogram({
    name: "lutra_run_seconds",
    help: "Time that runs took in a worker",
    labelNames: ["model"],
    buckets: SECONDS,
    registers: [this.#registry],
  })
  readonly #keys = new Counter({
    name: "lutra_keys_total",
    help: "Sets of evaluation keys that were stored, known already, deleted, or expired",
    labelNames: ["event"],
    registers: [this.#registry],
  })
  readonly #restarts = new Counter({
    name: "lutra_worker_restarts_total",
    help: "Workers that were replaced, by reason",
    labelNames: ["reason"],
    registers: [this.#registry],
  })

  constructor({ waiting, running }: MetricsSources) {
    const registers = [this.#registry]
    gauge("lutra_queue_waiting", "Runs that wait for a worker", waiting, registers)
    gauge("lutra_queue_running", "Runs that a worker is at", running, registers)
    collectDefaultMetrics({ register: this.#registry })
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

const gauge = (name: string, help: string, read: () => number, registers: Registry[]): void => {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read())
    },
  })
}
