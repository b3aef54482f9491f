import { afterAll } from "vitest"
import type { Parameters } from "../../src/backend/index.ts"
import { SealContext } from "../../src/runtime/index.ts"

/** Contexts by parameters, made once in a test file and disposed at its end. */
export const sharedContexts = (): ((parameters: Parameters) => Promise<SealContext>) => {
  const contexts = new Map<string, Promise<SealContext>>()
  afterAll(async () => {
    for (const context of contexts.values()) (await context).dispose()
  })
  return (parameters) => {
    const { scheme, n, t, primes, security } = parameters
    const key = `${scheme} ${n} ${t} ${primes} ${security}`
    const context = contexts.get(key) ?? SealContext.create(parameters)
    contexts.set(key, context)
    return context
  }
}
