import { existsSync } from "node:fs"
import { Command, Option } from "commander"
import { loadBytes } from "../../compiler/index.ts"
import { Client, type ProgramSpec, readSpec } from "../../runtime/index.ts"
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
        using client = await Client.create(spec, { onProgress })
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

const requestOf = async (
  program: string,
  { secret, input, rows, batch }: EncryptFlags,
): Promise<Uint8Array> => {
  if (rows !== undefined) {
    const table = await readRows(rows)
    using client = await clientOf(program, secret)
    return client.encryptRows(table.rows)
  }
  if (input === undefined) return refuse("required option '--input <file>' not specified")
  const samples = await readSamples(input, batch === true)
  using client = await clientOf(program, secret)
  return batch ? client.encryptBatch(samples) : client.encrypt(samples[0]!)
}

interface EncryptFlags {
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
    .requiredOption("--request <file>", "the request that encrypt wrote")
    .requiredOption("-o, --output <file>", "where to write the reply")
    .option("--verbose", "show where an error comes from")
    .action(async (program: string, flags: { keys: string; request: string; output: string }) => {
      checkOutputs(
        { "--output": flags.output },
        { "the program": program, "--keys": flags.keys, "--request": flags.request },
      )
      const compiled = await inFile(program, async () => loadBytes(await readBytes(program)))
      if (compiled.spec.rounds !== undefined) {
        refuse("a program of several rounds needs a server that remembers them; use Server of lutra/server")
      }
      const [keys, request] = await Promise.all([readBytes(flags.keys), readBytes(flags.request)])
      await withProgress("loading keys", async (onProgress) => {
        using server = await inFile(flags.keys, () => compiled.server(keys, { maxGroups: Infinity }))
        const reply = await inFile(flags.request, () => server.run(request, { onProgress }))
        await writeBytes(flags.output, reply)
      })
    })

/** `lutra decrypt`, on the client. */
const decryptCommand = (): Command =>
  new Command("decrypt")
    .description("On the client: decrypts a reply and prints the outputs as JSON.")
    .argument("<program>", PROGRAM)
    .requiredOption("--secret <file>", SECRET)
    .requiredOption("--reply <file>", "the reply that eval wrote")
    .option("--rows", "print the scores of a model's rows")
    .option("--verbose", "show where an error comes from")
    .action(async (program: string, flags: { secret: string; reply: string; rows?: true }) => {
      const reply = await readBytes(flags.reply)
      using client = await clientOf(program, flags.secret)
      const before = client.failures
      try {
        const text = await inFile(flags.reply, () =>
          flags.rows ? JSON.stringify(client.decryptRows(reply)) : printExactJson(client.decrypt(reply)),
        )
        process.stdout.write(`${text}\n`)
      } finally {
        // How often a key has failed is kept with it.
        if (client.failures > before) await writeBytes(flags.secret, client.secretKey(), { isSecret: true })
      }
    })

const clientOf = async (program: string, secret: string): Promise<Client> => {
  const [spec, keys] = await Promise.all([readProgram(program), readBytes(secret)])
  return inFile(secret, () => Client.create(spec, { keys }))
}

/** What a client needs of a program. */
const readProgram = (file: string): Promise<ProgramSpec> =>
  inFile(file, async () => readSpec(await readBytes(file)))
