import { join } from "node:path"
import { defineConfig } from "vitest/config"

const conditions = ["source"]

/** Builds pages with other people's bundlers, which takes minutes and a registry; `npm run test:bundlers`, not `npm test`. */
export default defineConfig({
  root: join(import.meta.dirname, "../.."),
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: "bundlers",
    include: ["tests/bundlers/*.test.ts"],
    globalSetup: ["tests/support/left-out.ts", "tests/bundlers/pack.ts"],
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
})
