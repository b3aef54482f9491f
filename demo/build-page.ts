import { join } from "node:path"
import { build, defaultClientConditions, type InlineConfig } from "vite"

/** How Vite is to build the page: the library as it is in `src`, nothing else that a page of one's own would not have. */
export const pageConfig = (outDir: string): InlineConfig => ({
  root: join(import.meta.dirname, "page"),
  configFile: false,
  logLevel: "error",
  resolve: { conditions: ["source", ...defaultClientConditions] },
  build: { outDir, emptyOutDir: true },
})

/** Builds the page into a folder. */
export const buildPage = async (outDir: string): Promise<void> => {
  await build(pageConfig(outDir))
}
