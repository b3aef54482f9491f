import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"
import { pageLoader } from "./page-loader.ts"

/**
 * Adds to a built `dist` what only pages need, in `dist/browser`: SEAL's loader and WASM, the worker as one file, and the whole of
 * `lutra/client` as one file for pages without a bundler.
 */
export const writeBrowserFiles = async (dist: string): Promise<void> => {
  const browser = join(dist, "browser")
  const seal = dirname(fileURLToPath(import.meta.resolve("node-seal/allows")))
  mkdirSync(browser, { recursive: true })
  copyFileSync(join(seal, "seal_allows.wasm"), join(browser, "seal.wasm"))
  writeFileSync(join(browser, "seal.js"), pageLoader(readFileSync(join(seal, "seal_allows.js"), "utf8")))
  await bundle("connect/keys/client-worker.ts", browser, "client-worker.js")
  await bundle("client.ts", browser, "client.js")
  writeFileSync(join(browser, "client.d.ts"), 'export * from "../client.js"\n')
  writeFileSync(join(browser, "LICENSES.txt"), licences())
  // As one file the worker needs nothing of the bundler of a page: Vite, for one, makes no workers of several files unless told to.
  writeFileSync(join(dist, "client-worker.js"), 'import "./browser/client-worker.js"\n')
}

/** The licences of the packages that built files hold parts of; helpers that bundling adds are among them. */
const licences = (): string =>
  ["node-seal", "@noble/hashes", "cborg", "valibot", "rolldown", "@oxc-project/types"]
    .map((name) => {
      const folder = join(import.meta.dirname, "../node_modules", name)
      const file = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file))
      if (file === undefined) throw new Error(`the package ${name} has no file with its licence`)
      return `${name}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`
    })
    .concat(SEAL_LICENCE)
    .join(`\n${"-".repeat(80)}\n\n`)

const SEAL_LICENCE = `Microsoft SEAL, in seal.wasm

MIT License, as above. Copyright (c) Microsoft Corporation. All rights reserved.
It has zlib (Copyright (C) Jean-loup Gailly and Mark Adler) and Zstandard (Copyright (c) Meta Platforms, Inc. and affiliates,
BSD-3-Clause) compiled into it.
`

const bundle = async (source: string, browser: string, file: string): Promise<void> => {
  const made = await rolldown({
    input: join(import.meta.dirname, "../src", source),
    platform: "browser",
    resolve: { alias: { "#seal": join(browser, "seal.js") } },
    transform: { target: "es2023" },
    onLog: (level, log) => {
      if (level !== "debug" && level !== "info") throw new Error(log.message)
    },
  })
  await made.write({
    file: join(browser, file),
    format: "es",
    codeSplitting: false,
    minify: { mangle: true, compress: true, codegen: false },
  })
  await made.close()
}
