import { execFile } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { type Block, blocksOf, documents, root } from "./markdown.ts"

/** All TypeScript of the documents: what runs SEAL, or what does not. */
export const snippets = ({ encrypted }: { readonly encrypted: boolean }): Block[] =>
  documents()
    .flatMap((file) => blocksOf(file))
    .filter(({ language, marks }) => language === "ts" && marks.includes("encrypted") === encrypted)

/** What a snippet says that it prints: the comments behind its `console.log` lines. */
export const expectedOutput = ({ text }: Block): string =>
  [...text.matchAll(/^ *console\.log\(.*\) \/\/ (.+)$/gm)].map(([, output]) => `${output}\n`).join("")

/**
 * What a snippet prints, run as a program of its own. `lutra`, `./src/…`, `./tests/…` and `./examples/…` in it
 * mean this repository. Throws, with its
 * standard error, when it fails.
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
    await writeFile(
      join(folder, "snippet.ts"),
      text.replaceAll(/"\.\/(?=(?:src|tests|examples)\/)/g, '"../../'),
    )
    const { stdout } = await promisify(execFile)(process.execPath, ["-C", "source", "snippet.ts"], {
      cwd: folder,
      // most of a snippet's time is loading Lutra
      env: { ...process.env, NODE_COMPILE_CACHE: join(root, "node_modules/.cache/snippets") },
    })
    return stdout
  } finally {
    await rm(folder, { recursive: true })
  }
}
