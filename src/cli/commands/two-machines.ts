import { existsSync } from "node:fs"
import { Command, Option } from "commander"
import { type Compiled, loadAnyBytes, type Module } from "../../compiler/index.ts"
import {
  Client,
  functionOf,
  isModuleSpec,
  ModuleClient,
  type ModuleSpec,
  type OnProgress,
  type ProgramSpec,
  readAnySpec,
} from "../../runtime/index.ts"
import { checkOutputs } from "../arguments/check-outputs.ts"
import { printExactJson } from "../files/exact-json.ts"
import { inFile } from "../files/in-file.ts"
import { readBytes, refuseKeyOver, writeBytes } from "../files/read-bytes.ts"
import { readRows } from "../files/read-rows.ts"
import { NUMBERS, readSamples } from "../files/read-samples.ts"
import { refuse } from "../refuse.ts"
import { withProgress } from "../with-progress.ts"

const PROGRAM = "a .lutra file; that of the client will do"
const SECRET = "the secret key that keygen wrote"

/** The four steps of an encrypted run as files, so that two machines can play client and server. */
export const twoMachineCommands = (): Command[] => [
  keygenCommand(),
  encryptCommand(),
  evalCommand(),
  decryptCommand(),
]

/** `lutra keygen`, on the client. */
const keygenCommand = (): Command =>
  new Command("keygen")
    .description("On the client: makes a secret key, and the evaluation keys that the server needs.")
    .argument("<program>", PROGRAM)
    .requiredOption("--secret <file>", "where to write the secret key, which never leaves the client")
    .requiredOption("--keys <file>", "where to write the evaluation keys, for the server")
    .option("--verbose", "show where an error comes from")
    .action(async (program: string, flags: { secret: string; keys: string }) => {
      if (existsSync(flags.secret)) refuseKeyOver(flags.secret)
      checkOutputs({ "--secret": flags.secret, "--keys": flags.keys }, { "the program": program })
      const spec = await readProgram(program)
      await withProgress("making keys", async (onProgress) => {
        using client = isModuleSpec(spec)
          ? await ModuleClient.create(spec, { onProgress })
          : await Client.create(spec, { onProgress })
        await writeBytes(flags.secret, client.secretKey(), { isNew: true, isSecret: true })
        await writeBytes(flags.keys, client.evaluationKeys())
      })
    })

/** `lutra encrypt`, on the client. */
const encryptCommand = (): Command =>
  new Command("encrypt")
    .description("On the client: encrypts inputs into a request for the server.")
    .argument("<program>", PROGRAM)
    .requiredOption("--secret <file>", SECRET)
    .addOption(
      new Option("--input <file>", "inputs by name as a JSON object, - for standard input").conflicts("rows"),
    )
    .option("--rows <file>", "rows of a model as comma-separated numbers, instead of inputs")
    .requiredOption("-o, --output <file>", "where to write the request")
    .option("--batch", "the inputs are an array of objects, one for each sample")
    .option("--function <name>", "of a module, which function takes them; they may be some of its inputs")
    .option("--verbose", "show where an error comes from")
    .addHelpText("after", `\n${NUMBERS}`)
    .action(async (program: string, flags: EncryptFlags) => {
      const { output, secret, input, rows } = flags
      checkOutputs(
        { "--output": output },
        { "the program": program, "--secret": secret, "--input": input, "--rows": rows },
      )
      await writeBytes(output, await requestOf(program, flags))
    })

const requestOf = async (program: string, flags: EncryptFlags): Promise<Uint8Array> => {
  const { secret, input, rows, batch } = flags
  const spec = await readProgram(program)
  if (isModuleSpec(spec)) return moduleRequest(spec, flags)
  if (flags.function !== undefined) refuse(`--function ${flags.function} is for modules of several functions`)
  if (rows !== undefined) {
    const table = await readRows(rows)
    using client = await clientOf(spec, secret)
    return client.encryptRows(table.rows)
  }
  if (input === undefined) return refuse("required option '--input <file>' not specified")
  const samples = await readSamples(input, batch === true)
  using client = await clientOf(spec, secret)
  return batch ? client.encryptBatch(samples) : client.encrypt(samples[0]!)
}

/** Inputs of one function of a module. */
const moduleRequest = async (
  spec: ModuleSpec,
  { secret, input, rows, batch, function: name }: EncryptFlags,
): Promise<Uint8Array> => {
  if (rows !== undefined) refuse("--rows is for models; give a module's inputs as --input")
  if (input === undefined) return refuse("required option '--input <file>' not specified")
  const one = functionNamed(spec, name)
  const samples = await readSamples(input, batch === true)
  using client = await moduleClientOf(spec, secret)
  return batch ? client.encryptBatch(one, samples) : client.encrypt(one, samples[0]!)
}

/** Ends the command unless it is the name of a function. */
const functionNamed = ({ name: module, functions }: ModuleSpec, name: string | undefined): string => {
  const names = functions.map((each) => each.name)
  if (name !== undefined && names.includes(name)) return name
  const found = name === undefined ? "several functions" : `no function "${name}"`
  return refuse(`${module} has ${found}; choose one with --function: ${names.join(", ")}`)
}

interface EncryptFlags {
  readonly function?: string
  readonly secret: string
  readonly input?: string
  readonly rows?: string
  readonly output: string
  readonly batch?: true
}

/** `lutra eval`, on the server. */
const evalCommand = (): Command =>
  new Command("eval")
    .description("On the server: runs a program on a request, without any secret.")
    .argument("<program>", "the .lutra file that compile wrote")
    .requiredOption("--keys <file>", "the evaluation keys that keygen wrote")
    .option("--request <file>", "the request that encrypt wrote")
    .option("--function <name>", "of a module, which function to run")
    .option(
      "--operand <input=file...>",
      "of a module, a message for each input: requests, and replies of eval",
    )
    .requiredOption("-o, --output <file>", "where to write the reply")
    .option("--verbose", "show where an error comes from")
    .action(async (program: string, flags: EvalFlags) => {
      const operands = (flags.operand ?? []).map(splitOperand)
      checkOutputs(
        { "--output": flags.output },
        {
          "the program": program,
          "--keys": flags.keys,
          "--request": flags.request,
          ...Object.fromEntries(operands.map(({ input, file }) => [`--operand ${input}`, file])),
        },
      )
      const compiled = await inFile(program, async () => loadAnyBytes(await readBytes(program)))
      const run =
        "programs" in compiled ? await moduleRun(compiled, flags) : await programRun(compiled, flags)
      const keys = await readBytes(flags.keys)
      await withProgress("loading keys", async (onProgress) => {
        const reply = await run(keys, onProgress)
        await writeBytes(flags.output, reply)
      })
    })

interface EvalFlags {
  readonly keys: string
  readonly request?: string
  readonly function?: string
  readonly operand?: readonly string[]
  readonly output: string
}

type Run = (keys: Uint8Array, onProgress: OnProgress) => Promise<Uint8Array>

const programRun = async (compiled: Compiled, flags: EvalFlags): Promise<Run> => {
  const { keys: keyFile, request, function: name, operand } = flags
  if (name !== undefined || operand !== undefined)
    refuse("--function and --operand are for modules of several functions")
  if (request === undefined) return refuse(NO_REQUEST)
  if (compiled.spec.rounds !== undefined) {
    refuse("a program of several rounds needs a server that remembers them; use Server of lutra/server")
  }
  const bytes = await readBytes(request)
  return async (keys, onProgress) => {
    using server = await inFile(keyFile, () => compiled.server(keys, { maxGroups: Infinity }))
    return await inFile(request, () => server.run(bytes, { onProgress }))
  }
}

const NO_REQUEST = "required option '--request <file>' not specified"

const moduleRun = async (module: Module, flags: EvalFlags): Promise<Run> => {
  const { keys: keyFile, request, function: name, operand } = flags
  const one = functionNamed(module.spec, name)
  if (functionOf(module.spec, one).rounds !== undefined) {
    refuse(
      `function "${one}" runs in rounds, which need a server that remembers them; use ModuleServer of lutra/server`,
    )
  }
  if (request !== undefined && operand !== undefined)
    refuse("--request holds all inputs, and --operand one of them; give one or the other")
  if (request === undefined && operand === undefined) refuse(NO_REQUEST)
  const given =
    request === undefined
      ? Object.fromEntries(
          await Promise.all(
            operand!.map(splitOperand).map(async ({ input, file }) => [input, await readBytes(file)]),
          ),
        )
      : await readBytes(request)
  return async (keys, onProgress) => {
    using server = await inFile(keyFile, () => module.server(keys, { maxGroups: Infinity }))
    const run = () => server.run(one, given, { onProgress })
    return await (request === undefined ? run() : inFile(request, run))
  }
}

const splitOperand = (text: string): { readonly input: string; readonly file: string } => {
  const [, input, file] = /^([^=]+)=(.+)$/.exec(text) ?? []
  if (input === undefined || file === undefined)
    return refuse(`--operand is ${text}; it is the name of an input and a file, as total=reply.bin`)
  return { input, file }
}

/** `lutra decrypt`, on the client. */
const decryptCommand = (): Command =>
  new Command("decrypt")
    .description("On the client: decrypts a reply and prints the outputs as JSON.")
    .argument("<program>", PROGRAM)
    .requiredOption("--secret <file>", SECRET)
    .requiredOption("--reply <file>", "the reply that eval wrote")
    .option("--rows", "print the scores of a model's rows")
    .option("--json", "outputs are JSON in any case; for scripts that say so to all commands")
    .option("--verbose", "show where an error comes from")
    .action(async (program: string, flags: { secret: string; reply: string; rows?: true }) => {
      const reply = await readBytes(flags.reply)
      const spec = await readProgram(program)
      if (isModuleSpec(spec) && flags.rows) refuse("--rows is for models, and this is a module")
      using client = isModuleSpec(spec)
        ? await moduleClientOf(spec, flags.secret)
        : await clientOf(spec, flags.secret)
      const before = client.failures
      try {
        const text = await inFile(flags.reply, () =>
          flags.rows && client instanceof Client
            ? JSON.stringify(client.decryptRows(reply))
            : printExactJson(client.decrypt(reply)),
        )
        process.stdout.write(`${text}\n`)
      } finally {
        // How often a key has failed is kept with it.
        if (client.failures > before) await writeBytes(flags.secret, client.secretKey(), { isSecret: true })
      }
    })

const clientOf = async (spec: ProgramSpec, secret: string): Promise<Client> => {
  const keys = await readBytes(secret)
  return inFile(secret, () => Client.create(spec, { keys }))
}

const moduleClientOf = async (spec: ModuleSpec, secret: string): Promise<ModuleClient> => {
  const keys = await readBytes(secret)
  return inFile(secret, () => ModuleClient.create(spec, { keys }))
}

/** What a client needs of a program or a module. */
const readProgram = (file: string): Promise<ProgramSpec | ModuleSpec> =>
  inFile(file, async () => readAnySpec(await readBytes(file)))
