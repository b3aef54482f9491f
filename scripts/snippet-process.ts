// Runs snippets of the documents one after the other, each a module of its own: most of the time of a process for each was to
// load Lutra. `snippets.ts` starts it and sends the files.
import { dirname } from "node:path"
import { pathToFileURL } from "node:url"
import { inspect } from "node:util"

/** What is sent for each file: what it printed, or why it failed. */
export type SnippetResult = { readonly printed: string } | { readonly failure: string }

const run = async (file: string): Promise<SnippetResult> => {
  const { write } = process.stdout
  const before = process.cwd()
  let printed = ""
  process.stdout.write = (text: string | Uint8Array) => {
    printed += String(text)
    return true
  }
  try {
    process.chdir(dirname(file)) // where the files lie that it reads and writes
    await import(pathToFileURL(file).href)
    return { printed }
  } catch (error) {
    return { failure: inspect(error) }
  } finally {
    process.stdout.write = write
    process.chdir(before)
  }
}

process.on("message", async (file: string) => process.send!(await run(file)))
process.on("disconnect", () => process.exit())
