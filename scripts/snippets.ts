import { type ChildProcess, fork } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { type Block, blocksOf, documents, root } from "./markdown.ts"
import type { SnippetResult } from "./snippet-process.ts"

/** All TypeScript of the documents: what runs SEAL, or what does not. */
export const snippets = ({ encrypted }: { readonly encrypted: boolean }): Block[] =>
  documents()
    .flatMap((file) => blocksOf(file))
    .filter(({ language, marks }) => language === "ts" && marks.includes("encrypted") === encrypted)

/** What a snippet says that it prints: the comments behind its `console.log` lines. */
export const expectedOutput = ({ text }: Block): string =>
  [...text.matchAll(/^ *console\.log\(.*\) \/\/ (.+)$/gm)].map(([, output]) => `${output}\n`).join("")

/**
 * What a snippet prints, run as a module of its own. `lutra`, `./src/…`, `./tests/…` and `./examples/…` in it
 * mean this repository. Throws, with what went wrong, when it fails.
 */
export const runSnippet = ({ text }: Pick<Block, "text">): Promise<string> => {
  const known = outputs.get(text) ?? runText(text)
  outputs.set(text, known)
  return known
}

/** What has been run once in this process prints the same again. */
const outputs = new Map<string, Promise<string>>()

const runText = async (text: string): Promise<string> => {
  // Inside the package, so that it can import itself by name; no commit, type check or formatter looks there.
  const folder = await mkdtemp(join(root, "docs/tmp-"))
  try {
    await writeFile(join(folder, ".gitignore"), "*\n")
    const file = join(folder, "snippet.ts")
    await writeFile(file, text.replaceAll(/"\.\/(?=(?:src|tests|examples)\/)/g, '"../../'))
    const result = await inTurn(() => runFile(file))
    if ("failure" in result) throw new Error(result.failure)
    return result.printed
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Does one thing after the other, so that each has what is printed to itself. */
const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
  const result = turn.then(work)
  turn = result.then(
    () => {},
    () => {},
  )
  return result
}
let turn: Promise<void> = Promise.resolve()

const runFile = async (file: string): Promise<SnippetResult> => {
  const child = snippetProcess()
  const hold = [child, child.channel!]
  for (const each of hold) each.ref()
  try {
    return await new Promise((resolve, reject) => {
      child.once("exit", () => reject(new Error("the snippet ended its process")))
      child.once("message", (result) => resolve(result as SnippetResult))
      child.send(file)
    })
  } finally {
    child.removeAllListeners()
    for (const each of hold) each.unref()
  }
}

/** The process of all snippets, started for the first; it ends with this one. */
const snippetProcess = (): ChildProcess => {
  if (started?.connected) return started
  started = fork(join(import.meta.dirname, "snippet-process.ts"), {
    execArgv: ["-C", "source"],
    cwd: root,
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, "node_modules/.cache/snippets") },
  })
  return started
}
let started: ChildProcess | undefined
