import { defineConfig } from "vitest/config"

const resolve = { conditions: ["source"] }
const ssr = { resolve: { conditions: ["source"] } }

/** `unit` runs without encryption and stays under a minute; `encrypted` runs real SEAL. */
export default defineConfig({
  test: {
    maxWorkers: "100%",
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: "unit",
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/encrypted/**"],
          testTimeout: 60_000,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "encrypted",
          include: ["tests/encrypted/**/*.test.ts"],
          testTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
