import { type Choice, type Circuit, lanesOf, type Parameters, partsOf } from "../backend/index.ts"
import {
  checkArity,
  checkNames,
  checkOptions,
  forms,
  mismatch,
  type OptionForms,
  type Reals,
  type RowCodec,
  RuntimeError,
  type Warning,
} from "../data/index.ts"
import type { Program } from "../ir/index.ts"
import { evaluate } from "../ir/index.ts"
import {
  Client,
  type ClientOptions,
  DEFAULT_MAX_GROUPS,
  inputsOfRows,
  type ProgramInputs,
  type ProgramResult,
  type ProgramSpec,
  packSpec,
  type RunOptions,
  SealContext,
  Server,
  type ServerOptions,
  scoresOfResults,
  shapeResult,
  simulateResidues,
  simulateRounds,
  toNested,
} from "../runtime/index.ts"
import { packArtefact } from "./artefact/artefact.ts"
import { writeArtefact } from "./artefact/write-artefact.ts"
import { specOf } from "./program-spec-of.ts"
import type { Background } from "./report/explanation.ts"
import { type Report, reportOf } from "./report/report.ts"

/** What is compiled: a function as it was traced and, when it was made of a model, how that model takes rows. */
export interface Traced {
  readonly program: Program
  /** Whether the function returned one tensor, an array or a record of tensors. */
  readonly returns: ProgramSpec["returns"]
  readonly rows?: RowCodec
  /** The model's scores in floating point. */
  readonly predictFloat?: (rows: readonly Reals[]) => number[][]
  /** What was found while it was traced, or while a model was quantized. */
  readonly warnings?: readonly Warning[]
}

/**
 * A compiled function: everything decided, ready to run in clear, in simulation, and encrypted. Users know it as `Program`;
 * `I` are its inputs by name, and `O` is what comes back.
 */
export class Compiled<I = ProgramInputs, O = ProgramResult> implements Disposable, AsyncDisposable {
  /** The function as it was traced. */
  readonly program: Program
  /** The program after all passes, as it was lowered. */
  readonly optimized: Program
  /** The encrypted program, instruction by instruction; of several rounds or plaintext moduli the first. */
  readonly circuit: Circuit
  /** All that is run: for most programs one circuit, else one for each round, or for each plaintext modulus. */
  readonly circuits: readonly Circuit[]
  readonly parameters: Parameters
  /** All that a client needs to know. */
  readonly spec: ProgramSpec
  /** What is likely a mistake, such as comparisons that reach no output; results are exact all the same. */
  readonly warnings: readonly Warning[]
  readonly #choice: Choice
  readonly #predictFloat: Traced["predictFloat"]
  readonly #background: Background | undefined
  #report: Report | undefined
  #session: Promise<Session<I, O>> | undefined

  constructor(traced: Traced, optimized: Program, choice: Choice, background?: Background) {
    this.program = traced.program
    this.optimized = optimized
    this.circuit = choice.circuit
    this.circuits = partsOf(choice).map(({ circuit }) => circuit)
    this.parameters = choice.parameters
    this.#choice = choice
    this.#background = background
    this.#predictFloat = traced.predictFloat
    this.spec = specOf(choice, traced)
    this.warnings = Object.freeze(traced.warnings ?? [])
  }

  /** Structure, costs and sizes; `String()` of it shows them. */
  report(...surplus: []): Report {
    checkArity("report", surplus, 0, RuntimeError)
    this.#report ??= reportOf(this.#choice, this.optimized, this.#background, this.warnings)
    return this.#report
  }

  /** The traced function on cleartext integers. */
  evaluate(inputs: I, ...surplus: []): O {
    checkArity("evaluate", [inputs, ...surplus], 1, RuntimeError)
    return shapeResult(this.spec, Object.values(evaluate(this.program, inputs as ProgramInputs))) as O
  }

  /** The circuit on cleartext, instruction by instruction, exact mod t; of several rounds each. */
  simulate(inputs: I, ...surplus: []): O {
    checkArity("simulate", [inputs, ...surplus], 1, RuntimeError)
    return this.simulateBatch([inputs])[0]!
  }

  /** `simulate` on any number of samples, as many at a time as there are lanes. */
  simulateBatch(samples: readonly I[], ...surplus: []): O[] {
    checkArity("simulateBatch", [samples, ...surplus], 1, RuntimeError)
    checkSamples(samples)
    const run = this.spec.residues === undefined ? simulateRounds : simulateResidues
    return run(this.circuits, samples as readonly ProgramInputs[]).map(
      (flat) =>
        shapeResult(
          this.spec,
          this.spec.outputs.map((output) => toNested(flat[output.name]!, output)),
        ) as O,
    )
  }

  /**
   * Writes the program to a file, by custom `NAME.lutra`, which `load` reads: all that a server needs, constants among it.
   * What a client may have of it is written by `saveClient`.
   */
  save(path: string | URL, ...surplus: []): void {
    checkArity("save", [path, ...surplus], 1, RuntimeError)
    writeArtefact(path, this.toBytes())
  }

  /** Writes what a client needs to a file, and nothing of the program's constants; `readSpec` of lutra/client reads it. */
  saveClient(path: string | URL, ...surplus: []): void {
    checkArity("saveClient", [path, ...surplus], 1, RuntimeError)
    writeArtefact(path, packSpec(this.spec))
  }

  /** What `save` writes: of warnings all but their places, which are those of the developer's files. */
  toBytes(...surplus: []): Uint8Array {
    checkArity("toBytes", surplus, 0, RuntimeError)
    const { spec, program: traced, optimized, warnings } = this
    return packArtefact({ spec, traced, optimized, choice: this.#choice, warnings })
  }

  /** A client for this program: it makes and holds the secret key. */
  async client(options: ClientOptions = {}, ...surplus: []): Promise<Client<I, O>> {
    checkArity("client", [options, ...surplus], 1, RuntimeError)
    return Client.create<I, O>(this.spec, options)
  }

  /** A server for this program and one client's evaluation keys. */
  async server(evaluationKeys: Uint8Array, options: ServerOptions = {}, ...surplus: []): Promise<Server> {
    checkArity("server", [evaluationKeys, options, ...surplus], 2, RuntimeError)
    return Server.create(this.spec, this.circuits, evaluationKeys, options)
  }

  /** Keys, encrypt, run, decrypt in one line and one process; keys are kept for the next call. */
  async run(inputs: I, options: RunOptions = {}, ...surplus: []): Promise<O> {
    checkArity("run", [inputs, options, ...surplus], 2, RuntimeError)
    checkNames(
      inputs,
      this.spec.inputs.map(({ name }) => name),
    )
    checkOptions<RunOptions>("run", options, { onProgress: forms.function }, RuntimeError)
    const { client, server } = await this.#open()
    return client.decryptBatch(await allRounds(client, server, client.encrypt(inputs), options))[0]!
  }

  /** `run` on any number of samples: as many as there are lanes cost as much as one. */
  async runBatch(samples: readonly I[], options: RunBatchOptions = {}, ...surplus: []): Promise<O[]> {
    checkArity("runBatch", [samples, options, ...surplus], 2, RuntimeError)
    checkSamples(samples)
    checkOptions("runBatch", options, batchOptionForms, RuntimeError)
    const { client, server } = await this.#open(options.threads)
    return client.decryptBatch(await allRounds(client, server, client.encryptBatch(samples), options))
  }

  /**
   * The scores of rows of real numbers, computed on encrypted data: any number of rows, nested as the model's input or
   * flat. Throws RuntimeError for numbers that the model cannot take, and where the program was not made of a model.
   */
  async predict(rows: readonly Reals[], options: RunBatchOptions = {}, ...surplus: []): Promise<number[][]> {
    checkArity("predict", [rows, options, ...surplus], 2, RuntimeError)
    checkOptions("predict", options, batchOptionForms, RuntimeError)
    const samples = inputsOfRows(this.spec, rows)
    // A message at a time, so that memory does not grow with the rows.
    const most = DEFAULT_MAX_GROUPS * lanesOf(this.spec.layout)
    const results: O[] = []
    for (let from = 0; from < samples.length; from += most)
      results.push(...(await this.runBatch(samples.slice(from, from + most) as I[], options)))
    return scoresOfResults(this.spec, results as ProgramResult[])
  }

  /** What `predict` gives, computed in clear on the same integers: equal to it in every bit. */
  predictClear(rows: readonly Reals[], ...surplus: []): number[][] {
    checkArity("predictClear", [rows, ...surplus], 1, RuntimeError)
    const samples = inputsOfRows(this.spec, rows)
    return scoresOfResults(
      this.spec,
      samples.map((sample) => shapeResult(this.spec, Object.values(evaluate(this.optimized, sample)))),
    )
  }

  /** The scores of the model that was quantized, in floating point. A program that was loaded does not have it. */
  predictFloat(rows: readonly Reals[], ...surplus: []): number[][] {
    checkArity("predictFloat", [rows, ...surplus], 1, RuntimeError)
    if (this.#predictFloat === undefined) {
      const reason =
        this.spec.rows === undefined ? "was not made of a model" : "was loaded and holds no real numbers"
      throw new RuntimeError(
        `"${this.spec.name}" ${reason}\nuse predictFloat of what importModel or fit returns`,
        { code: "unsupported" },
      )
    }
    return this.#predictFloat(rows)
  }

  /** Frees the keys of `run` and `runBatch`. Clients and servers made by `client` and `server` are their owners' to free. */
  async dispose(...surplus: []): Promise<void> {
    checkArity("dispose", surplus, 0, RuntimeError)
    const session = this.#session
    this.#session = undefined
    if (session === undefined) return
    const { client, servers, contexts } = await session
    for (const made of await Promise.allSettled(servers.values())) {
      if (made.status === "fulfilled") made.value.dispose()
    }
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

  async #open(threads: ServerOptions["threads"] = 1): Promise<{ client: Client<I, O>; server: Server }> {
    this.#session ??= this.#createSession()
    const { contexts, client, servers } = await this.#session
    let server = servers.get(threads)
    if (server === undefined) {
      const where = threads === 1 ? { contexts } : { threads }
      server = this.server(client.evaluationKeys(), { ...where, maxGroups: Infinity })
      servers.set(threads, server)
      // One that could not be made is made anew when it is next asked for.
      server.catch(() => servers.delete(threads))
    }
    return { client, server: await server }
  }

  async #createSession(): Promise<Session<I, O>> {
    const contexts: SealContext[] = []
    try {
      for (const { parameters } of this.spec.residues ?? [this.spec]) {
        contexts.push(await SealContext.create(parameters))
      }
      return { contexts, client: await this.client({ contexts }), servers: new Map() }
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

/** Goes back and forth between server and client until the reply is the last. */
const allRounds = async (
  client: Pick<Client, "isFinal" | "refresh">,
  server: Server,
  request: Uint8Array,
  { onProgress }: RunOptions,
): Promise<Uint8Array> => {
  const options = onProgress === undefined ? {} : { onProgress }
  let reply = await server.run(request, options)
  while (!client.isFinal(reply)) reply = await server.run(client.refresh(reply), options)
  return reply
}

export interface RunBatchOptions extends RunOptions {
  /** How many groups of samples run at the same time, as for a server: more than 1 are worker threads of Node. */
  readonly threads?: number | "auto"
}

const batchOptionForms: OptionForms<RunBatchOptions> = { onProgress: forms.function, threads: forms.anything }

interface Session<I, O> {
  readonly contexts: readonly SealContext[]
  readonly client: Client<I, O>
  /** By their number of threads. */
  readonly servers: Map<number | "auto", Promise<Server>>
}
