import { execFileSync } from "node:child_process"
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

const ROOT = join(import.meta.dirname, "..")

/** What of the manifest of Lutra is that of its client, too. */
const SHARED = ["version", "license", "type", "engines", "sideEffects", "imports"] as const

/**
 * Packs `lutra-client`, which is `lutra/client` alone, out of the files of a build: what they import and nothing else. Writes its
 * archive to `folder` and returns its path.
 */
export const packClient = (folder: string): string => {
  const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"))
  if (!existsSync(join(ROOT, "dist/client.js"))) throw new Error("there is no build; run: npm run build")
  const client = mkdtempSync(join(tmpdir(), "lutra-client-"))
  try {
    for (const file of [...reached("dist/client.js"), ...reached("dist/client.d.ts")]) {
      mkdirSync(dirname(join(client, file)), { recursive: true })
      cpSync(join(ROOT, file), join(client, file))
      if (existsSync(join(ROOT, `${file}.map`)))
        cpSync(join(ROOT, `${file}.map`), join(client, `${file}.map`))
    }
    for (const file of ["dist/client-worker.js", "dist/browser", "LICENSE"])
      cpSync(join(ROOT, file), join(client, file), { recursive: true })
    writeFileSync(join(client, "README.md"), README)
    const own = {
      name: "lutra-client",
      description: "Encrypts for programs that Lutra compiled, sends, and decrypts",
      ...Object.fromEntries(SHARED.map((key) => [key, manifest[key]])),
      files: ["dist"],
      exports: {
        ".": { types: "./dist/client.d.ts", default: "./dist/client.js" },
        "./browser/*": "./dist/browser/*",
      },
      dependencies: { "node-seal": manifest.dependencies["node-seal"] },
    }
    writeFileSync(join(client, "package.json"), `${JSON.stringify(own, null, 2)}\n`)
    const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", resolve(folder)], {
      cwd: client,
    })
    return join(resolve(folder), JSON.parse(packed.toString())[0].filename)
  } finally {
    rmSync(client, { recursive: true, force: true })
  }
}

/** A file of the build and all that it imports, as paths below the root. */
const reached = (file: string, found = new Set<string>()): ReadonlySet<string> => {
  if (found.has(file)) return found
  found.add(file)
  const imports = readFileSync(join(ROOT, file), "utf8").matchAll(
    /(?:\bfrom |\bimport\(?)"(\.{1,2}\/[^"]+)"/g,
  )
  for (const [, path] of imports) {
    const target = file.endsWith(".d.ts") ? path!.replace(/(?<!\.d)\.[jt]s$/, ".d.ts") : path!
    reached(join(dirname(file), target), found)
  }
  return found
}

const README = `# lutra-client

\`lutra/client\` of Lutra as a package of its own, for pages and programs that encrypt for a server and decrypt what it answers:

\`\`\`ts
import { connect } from "lutra-client"
\`\`\`

It is what Lutra's docs/browser.md describes; where that page says \`lutra/client\`, write \`lutra-client\`, and
\`node_modules/lutra-client\` for \`node_modules/lutra\`. Client and server must be of the same version.
`

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(packClient(process.argv[2] ?? "."))
}
