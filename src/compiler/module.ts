import type { Circuit, ModuleChoice, Parameters } from "../backend/index.ts"
import {
  checkArity,
  checkOptions,
  forms,
  mismatch,
  RuntimeError,
  type Warning,
  warning,
} from "../data/index.ts"
import type { Trace } from "../frontend/index.ts"
import { evaluate } from "../ir/index.ts"
import {
  functionOf,
  ModuleClient,
  type ModuleClientOptions,
  type ModulePlan,
  ModuleServer,
  type ModuleServerOptions,
  type ModuleSpec,
  type ProgramInputs,
  type ProgramResult,
  packSpec,
  type RunOptions,
  SealContext,
  shapeResult,
  simulateResidues,
  simulateRounds,
  toNested,
  type Wire,
} from "../runtime/index.ts"
import { packModule } from "./artefact/module-artefact.ts"
import { writeArtefact } from "./artefact/write-artefact.ts"
import { moduleSpecOf, residuesOf } from "./module-spec-of.ts"
import type { Programs } from "./module-wires.ts"
import { type ModuleReport, moduleReportOf } from "./report/module-report.ts"

/** What a module is made of: its functions as traced and after all passes, and what was chosen for them. */
export interface ModuleParts {
  readonly name: string
  readonly traces: ReadonlyMap<string, Trace>
  readonly programs: Programs
  readonly wires: readonly Wire[]
  readonly steps: number
  readonly choice: ModuleChoice
}

/** Compiled functions that share keys, and whose outputs may be inputs of each other while they are encrypted. */
export class Module<Name extends string = string> implements Disposable, AsyncDisposable {
  /** The functions as they were traced. */
  readonly traced: Programs
  /** The functions after all passes, as they were lowered. */
  readonly programs: Programs
  /** The functions as circuits, before levels are placed; of several rounds or plaintext moduli the first. */
  readonly circuits: Readonly<Record<Name, Circuit>>
  readonly parameters: Parameters
  /** All that a client needs to know. */
  readonly spec: ModuleSpec
  /** All that a server needs besides. */
  readonly plan: ModulePlan
  /** What is likely a mistake in its functions, such as comparisons that reach no output. */
  readonly warnings: readonly Warning[]
  readonly #parts: ModuleParts
  #report: ModuleReport | undefined
  #session: Promise<Session> | undefined

  constructor(parts: ModuleParts) {
    const { choice, programs } = parts
    const names = [...programs.keys()]
    this.#parts = parts
    this.traced = new Map(Array.from(parts.traces, ([name, { program }]) => [name, program]))
    this.programs = programs
    this.parameters = choice.parameters
    this.plan = residuesOf(choice).map(({ functions, walk }) => ({
      functions: Object.fromEntries(functions.map((rounds, f) => [names[f]!, rounds])),
      forms: walk.forms,
    }))
    this.circuits = Object.fromEntries(
      choice.functions.map(([first], f) => [names[f]!, first!.circuit]),
    ) as Record<Name, Circuit>
    this.spec = moduleSpecOf(parts)
    this.warnings = Object.freeze(
      [...parts.traces].flatMap(([fn, { warnings }]) =>
        warnings.map((each) => warning({ ...each, function: fn })),
      ),
    )
  }

  /** Structure, costs and sizes; `String()` of it shows them. */
  report(...surplus: []): ModuleReport {
    checkArity("report", surplus, 0, RuntimeError)
    this.#report ??= moduleReportOf(this.spec, this.#parts.choice, this.warnings)
    return this.#report
  }

  /** A function as it was traced, on cleartext integers. */
  evaluate(name: Name, inputs: ProgramInputs, ...surplus: []): ProgramResult {
    checkArity("evaluate", [name, inputs, ...surplus], 2, RuntimeError)
    const one = functionOf(this.spec, name)
    const { program } = this.#parts.traces.get(name)!
    return shapeResult(one, Object.values(evaluate(program, inputs)))
  }

  /** The circuit of a function on cleartext, instruction by instruction, exact mod t; of several rounds each. */
  simulate(name: Name, inputs: ProgramInputs, ...surplus: []): ProgramResult {
    checkArity("simulate", [name, inputs, ...surplus], 2, RuntimeError)
    return this.simulateBatch(name, [inputs])[0]!
  }

  /** `simulate` on any number of samples, as many at a time as there are lanes. */
  simulateBatch(name: Name, samples: readonly ProgramInputs[], ...surplus: []): ProgramResult[] {
    checkArity("simulateBatch", [name, samples, ...surplus], 2, RuntimeError)
    const one = functionOf(this.spec, name)
    checkSamples(samples)
    const run = this.spec.residues === undefined ? simulateRounds : simulateResidues
    const circuits = this.plan.flatMap(({ functions }) => functions[name]!.map(({ circuit }) => circuit))
    return run(circuits, samples).map((flat) =>
      shapeResult(
        one,
        one.outputs.map((output) => toNested(flat[output.name]!, output)),
      ),
    )
  }

  /**
   * Writes the module to a file, by custom `NAME.lutra`, which `loadModule` reads: all that a server needs, constants among it.
   * What a client may have of it is written by `saveClient`.
   */
  save(path: string | URL, ...surplus: []): void {
    checkArity("save", [path, ...surplus], 1, RuntimeError)
    writeArtefact(path, this.toBytes())
  }

  /** Writes what a client needs to a file, and nothing of the functions' constants; `readModuleSpec` reads it. */
  saveClient(path: string | URL, ...surplus: []): void {
    checkArity("saveClient", [path, ...surplus], 1, RuntimeError)
    writeArtefact(path, packSpec(this.spec))
  }

  /** What `save` writes: of warnings all but their places, which are those of the developer's files. */
  toBytes(...surplus: []): Uint8Array {
    checkArity("toBytes", surplus, 0, RuntimeError)
    return packModule(this.spec, this.#parts)
  }

  /** A client for all functions: it makes and holds the secret key. */
  async client(options: ModuleClientOptions = {}, ...surplus: []): Promise<ModuleClient> {
    checkArity("client", [options, ...surplus], 1, RuntimeError)
    return ModuleClient.create(this.spec, options)
  }

  /** A server for all functions and one client's evaluation keys. */
  async server(
    evaluationKeys: Uint8Array,
    options: ModuleServerOptions = {},
    ...surplus: []
  ): Promise<ModuleServer> {
    checkArity("server", [evaluationKeys, options, ...surplus], 2, RuntimeError)
    return ModuleServer.create(this.spec, this.plan, evaluationKeys, options)
  }

  /** Keys, encrypt, run one function, decrypt in one line and one process; keys are kept for the next call. */
  async run(
    name: Name,
    inputs: ProgramInputs,
    options: RunOptions = {},
    ...surplus: []
  ): Promise<ProgramResult> {
    checkArity("run", [name, inputs, options, ...surplus], 3, RuntimeError)
    return (await this.runBatch(name, [inputs], options))[0]!
  }

  /** `run` on any number of samples: as many as there are lanes cost as much as one. */
  async runBatch(
    name: Name,
    samples: readonly ProgramInputs[],
    options: RunOptions = {},
    ...surplus: []
  ): Promise<ProgramResult[]> {
    checkArity("runBatch", [name, samples, options, ...surplus], 3, RuntimeError)
    checkOptions<RunOptions>("run", options, { onProgress: forms.function }, RuntimeError)
    functionOf(this.spec, name)
    checkSamples(samples)
    this.#session ??= this.#createSession()
    const { client, server } = await this.#session
    let reply = await server.run(name, client.encryptBatch(name, samples), options)
    while (!client.isFinal(reply)) reply = await server.run(name, client.refresh(reply), options)
    return client.decryptBatch(reply)
  }

  /** Frees the keys of `run` and `runBatch`. Clients and servers made by `client` and `server` are their owners' to free. */
  async dispose(...surplus: []): Promise<void> {
    checkArity("dispose", surplus, 0, RuntimeError)
    const session = this.#session
    this.#session = undefined
    if (session === undefined) return
    const { client, server, contexts } = await session
    server.dispose()
    client.dispose()
    for (const context of contexts) context.dispose()
  }

  [Symbol.dispose](): void {
    void this.dispose()
  }

  /** What `await using` waits for: `dispose`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose()
  }

  async #createSession(): Promise<Session> {
    const contexts: SealContext[] = []
    try {
      for (const { parameters } of this.spec.residues ?? [this.spec]) {
        contexts.push(await SealContext.create(parameters))
      }
      const client = await this.client({ contexts })
      const server = await this.server(client.evaluationKeys(), { contexts, maxGroups: Infinity })
      return { contexts, client, server }
    } catch (error) {
      for (const context of contexts) context.dispose()
      this.#session = undefined
      throw error
    }
  }
}

/** Throws RuntimeError for samples that are no array. */
const checkSamples = (samples: unknown): void => {
  if (Array.isArray(samples)) return
  throw new RuntimeError(mismatch("the value for samples", samples, { needed: "an array of inputs" }), {
    code: "wrong-argument",
  })
}

interface Session {
  readonly contexts: readonly SealContext[]
  readonly client: ModuleClient
  readonly server: ModuleServer
}
