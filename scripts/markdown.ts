import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"

/** The top folder of the repository. */
export const root = join(import.meta.dirname, "..")

/** A fenced block of a Markdown text. */
export interface Block {
  /** Path of the document, from the top folder. */
  readonly file: string
  /** Line of the opening fence, from 1. */
  readonly line: number
  /** First word after the fence: ts, ir, circuit, sh, text. */
  readonly language: string
  /** The words after it: `encrypted` on a snippet that runs SEAL. */
  readonly marks: readonly string[]
  /** What an HTML comment `<!-- show: … -->` on the line before asks to be shown here; undefined without one. */
  readonly shows: string | undefined
  readonly text: string
}

/** Every Markdown file that is ours. */
export const documents = (): string[] =>
  [".", "docs", "docs/how-to", "examples", ...foldersIn("examples"), ...foldersIn("examples", "data")]
    .flatMap((folder) =>
      existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((name) => join(folder, name)) : [],
    )
    .filter((file) => file.endsWith(".md"))
    .sort()

/** Folders in a folder, or a folder of a name in each of them. */
const foldersIn = (folder: string, name = ""): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name, name))

export const readDocument = (file: string): string => readFileSync(join(root, file), "utf8")

const FENCED = /(?:^<!-- show: (.+) -->\n)?^```(\S+)(.*)\n([\s\S]*?)^```$/gm

export const blocksOf = (file: string, text: string = readDocument(file)): Block[] =>
  [...text.matchAll(FENCED)].map(({ 0: whole, 1: shows, 2: language, 3: marks, 4: content, index }) => ({
    file,
    line: text.slice(0, index + whole.indexOf("```")).split("\n").length,
    language: language!,
    marks: marks!.split(" ").filter((word) => word !== ""),
    shows,
    text: content!,
  }))

/** The document with each block that has a `show` comment filled in anew. */
export const withShown = async (
  file: string,
  show: (what: string, before: readonly Block[]) => Promise<string>,
): Promise<string> => {
  const text = readDocument(file)
  const blocks = blocksOf(file, text)
  const shown: string[] = []
  for (const [i, block] of blocks.entries()) {
    shown.push(block.shows === undefined ? block.text : await show(block.shows, blocks.slice(0, i)))
  }
  let next = 0
  return text.replace(FENCED, (whole) => {
    const opening = whole.slice(0, whole.indexOf("\n", whole.indexOf("```")) + 1)
    return `${opening}${shown[next++]!.trimEnd()}\n\`\`\``
  })
}

/** Where the links of a document go, apart from those to other sites. */
export const linksOf = (text: string): string[] =>
  [...text.replaceAll(FENCED, "").matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target))

/** The names by which links reach the headings of a document. */
export const anchorsOf = (text: string): string[] =>
  [...text.replaceAll(FENCED, "").matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  )

/** The file and heading that a link of a document goes to. */
export const resolveLink = (
  file: string,
  link: string,
): { readonly path: string; readonly anchor: string | undefined } => {
  const [path, anchor] = link.split("#")
  return { path: path === "" ? file : join(dirname(file), path!), anchor }
}
