import { defineConfig } from "vitest/config"

const resolve = { conditions: ["source"] }
const ssr = { resolve: { conditions: ["source"] } }

/**
 * Whole trainings, programs of up to 100,000 nodes, all of numpy, thousands of generated programs, documents whose
 * every snippet runs, what a user gets wrong on the command line and in calls, and the Docker image.
 */
const large = [
  "tests/examples/**/*.test.ts",
  "tests/ml/recorded/**/*.test.ts",
  "tests/ml/quantized/**/*.test.ts",
  "tests/ml/{network,network-limits,neighbours,quantize-search,train-network}.test.ts",
  "tests/cli/{models,serve}.test.ts",
  "tests/serve/{redis,storage}.test.ts",
  "tests/demo/models.test.ts",
  "tests/passes/size.test.ts",
  "tests/backend/tables.test.ts",
  "tests/ir/deep.test.ts",
  "tests/fuzz.test.ts",
  "tests/numpy/**/*.test.ts",
  "tests/properties/**/*.test.ts",
  "tests/cli/refusals/**/*.test.ts",
  "tests/errors/messages/**/*.test.ts",
  "tests/docs.test.ts",
  "tests/deploy/image.test.ts",
]

/**
 * `unit` runs without encryption and stays under a minute; `large` takes longer; `encrypted` runs real SEAL, `browser` runs it
 * in Chromium.
 */
export default defineConfig({
  test: {
    maxWorkers: "100%",
    globalSetup: ["tests/support/left-out.ts"],
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: "unit",
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/encrypted/**", "tests/browser/**", "tests/bundlers/**", ...large],
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve,
        ssr,
        test: { name: "large", include: large, isolate: false, testTimeout: 120_000, hookTimeout: 120_000 },
      },
      {
        resolve,
        ssr,
        test: {
          name: "encrypted",
          include: ["tests/encrypted/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "browser",
          include: ["tests/browser/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})
