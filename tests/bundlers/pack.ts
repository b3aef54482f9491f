import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestProject } from "vitest/node"
import { packClient } from "../../scripts/pack-client.ts"
import { packLutra } from "./installed-page.ts"

declare module "vitest" {
  interface ProvidedContext {
    /** The package as it is published, which all of these tests install. */
    readonly archive: string
    /** The same of lutra-client, out of the same build. */
    readonly clientArchive: string
  }
}

/** Vitest calls this before all tests, and what it returns after them. The package is built and packed once. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const folder = await mkdtemp(join(tmpdir(), "lutra-packed-"))
  project.provide("archive", await packLutra(folder))
  project.provide("clientArchive", packClient(folder))
  return () => rm(folder, { recursive: true, force: true })
}
