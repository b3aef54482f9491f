import { existsSync } from "node:fs"
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises"
import { basename, join, relative, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { Command } from "commander"
import { refuseOutput } from "../arguments/check-outputs.ts"
import { dependencyOf } from "../files/dependency-of.ts"
import { refuse } from "../refuse.ts"

const ROOT = fileURLToPath(new URL("../../..", import.meta.url))

interface InitFlags {
  readonly lutra?: string
  readonly json?: true
}

/** `lutra init`: a project with a program, a server, a page and a test, made of the files of `template`. */
export const initCommand = (): Command =>
  new Command("init")
    .description("Writes a project with a program, a server, a page and a test.")
    .argument("[folder]", "where to; it is made when it is not there", ".")
    .option("--lutra <file>", "archive or folder of Lutra that the project depends on")
    .option("--json", "print the folder and the names of the files as JSON")
    .option("--verbose", "show where an error comes from")
    .action(init)

const init = async (given: string, flags: InitFlags): Promise<void> => {
  const folder = resolve(given)
  if (flags.lutra !== undefined && !existsSync(flags.lutra))
    refuse(`--lutra is ${flags.lutra}, where there is no file`)
  const files = await templateFiles(folder, await dependencyOf(ROOT, folder, flags.lutra))
  const taken = [...files.keys()].filter((name) => existsSync(join(folder, name)))
  if (taken.length > 0)
    refuse(
      `${given} has ${taken.join(", ")} already, and nothing is written over\ngive another folder: lutra init FOLDER`,
    )
  try {
    await mkdir(folder, { recursive: true })
    for (const [name, text] of files) await writeFile(join(folder, name), text, { flag: "wx" })
  } catch (error) {
    refuseOutput(given, error)
  }
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ folder, files: [...files.keys()] })}\n`)
    return
  }
  const here = relative(process.cwd(), folder)
  const enter = here === "" ? "" : `cd ${/^[\w./-]+$/.test(here) ? here : JSON.stringify(here)} && `
  process.stdout.write(`${[...files.keys()].join("\n")}\n\nnext: ${enter}npm install && npm test\n`)
}

/** The texts of a project's files by their names. */
const templateFiles = async (folder: string, dependency: string): Promise<ReadonlyMap<string, string>> => {
  const template = join(ROOT, "template")
  const files = new Map<string, string>()
  for (const name of (await readdir(template)).toSorted()) {
    const text = await readFile(join(template, name), "utf8")
    if (name === "package.json") files.set(name, manifestOf(text, folder, dependency))
    // npm leaves files called .gitignore out of what it publishes.
    else files.set(name === "gitignore" ? ".gitignore" : name, text)
  }
  return files
}

const manifestOf = (text: string, folder: string, lutra: string): string => {
  const manifest = JSON.parse(text)
  const name = packageName(basename(folder))
  return `${JSON.stringify({ ...manifest, name, dependencies: { ...manifest.dependencies, lutra } }, null, 2)}\n`
}

/** A name that npm allows, near that of the folder. npm refuses to install a package in one of its own name. */
const packageName = (folder: string): string => {
  const name = folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, "-")
    .replaceAll(/^[_-]+|-+$/g, "")
    .slice(0, 200)
  const isTaken = name === "" || name === "lutra" || name === "node_modules"
  return isTaken ? "lutra-project" : name
}
