import { expect, it } from "vitest"
import { serveCommand } from "../../src/cli/commands/serve.ts"
import { workerCommand } from "../../src/cli/commands/worker.ts"
import { argumentsOf, type Container, quantity, readManifests } from "./manifests.ts"

const manifests = readManifests()

interface Parsed {
  readonly container: Container
  readonly grace: number
  readonly models: readonly string[]
  readonly flags: Readonly<Record<string, unknown>>
}

/** The container of a deployment, and what the command makes of its arguments. Throws what the command says of wrong ones. */
const parsed = (name: "server" | "worker"): Parsed => {
  const pod = manifests.find(
    ({ metadata, kind }) => kind === "Deployment" && metadata.name === `lutra-${name}`,
  )!.spec.template.spec
  const container = pod.containers[0]!
  const [given, ...args] = argumentsOf(container, manifests)
  const command = (name === "server" ? serveCommand() : workerCommand())
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .action(() => {})
  expect(given).toBe(command.name())
  command.parse(args, { from: "user" })
  return {
    container,
    grace: pod.terminationGracePeriodSeconds ?? 30,
    models: command.args,
    flags: command.opts(),
  }
}

const mounts = ({ volumeMounts = [] }: Container): readonly string[] =>
  volumeMounts.map(({ mountPath }) => mountPath)

it("gives a server options that it knows, its port, and time to stop", () => {
  const { container, flags, grace } = parsed("server")
  expect(flags["host"]).toBe("0.0.0.0")
  expect(container.ports?.map(({ containerPort }) => containerPort)).toEqual([flags["port"]])
  expect(mounts(container)).toContain(flags["data"])
  expect(mounts(container).some((path) => `${flags["tokens"]}`.startsWith(`${path}/`))).toBe(true)
  expect(flags["grace"]).toBeGreaterThan(Number(flags["timeout"]))
  expect(grace).toBeGreaterThan(Number(flags["grace"]))
})

it("gives a worker options that it knows, what they take of the machine, and time to stop", () => {
  const { container, flags, grace } = parsed("worker")
  const { cpu = "", memory = "" } = container.resources?.limits ?? {}
  const workers = Number(flags["workers"])
  expect(quantity(cpu)).toBeGreaterThanOrEqual(workers)
  expect(quantity(memory)).toBeGreaterThanOrEqual(1e6 * (200 + workers * Number(flags["workerMemory"])))
  expect(mounts(container)).toContain(flags["data"])
  expect(grace).toBeGreaterThan(Number(flags["timeout"]))
})

it("gives servers and workers the same programs, queue, storage and bounds", () => {
  const [server, worker] = [parsed("server"), parsed("worker")]
  expect(worker.models).toEqual(server.models)
  expect(worker.container.image).toBe(server.container.image)
  for (const option of ["queue", "data", "timeout", "maxGroups", "expiry"]) {
    expect([option, worker.flags[option]]).toEqual([option, server.flags[option]])
  }
})

it("names in the queue's address the service of Redis", () => {
  const address = new URL(`${parsed("worker").flags["queue"]}`)
  const service = manifests.find(
    ({ kind, metadata }) => kind === "Service" && metadata.name === address.hostname,
  )
  expect(service?.spec.ports.map(({ port }) => port)).toEqual([Number(address.port)])
})
