import { formatBytes } from "../data/index.ts"
import { isModuleSpec, messageSizes } from "../runtime/index.ts"
import type { Service } from "../serve/index.ts"

/** What is told of a service beside what it knows itself. */
export interface ServiceFacts {
  readonly url: string
  /** Where keys are kept. */
  readonly place: string
  readonly quota: number
  readonly expiry: number
  readonly tokens: string | undefined
  readonly queue: string | undefined
  readonly timeout: number
  readonly maxQueue: number
}

/** What a service serves and how, for people. */
export const describeService = ({ models, width }: Service, facts: ServiceFacts): string => {
  const { url, place, quota, expiry, tokens, queue, timeout, maxQueue } = facts
  const lines = [...models.values()].map(({ name, spec, frames }) => {
    const { scheme, n } = spec.parameters
    if (isModuleSpec(spec)) {
      const functions = spec.functions.map((one) => one.name).join(", ")
      return `  ${name}: ${scheme} n=${n}, keys ${formatBytes(frames.keyBytes)}, a module of ${functions}`
    }
    const { evaluationKeys, request, reply } = messageSizes(spec)
    const sizes = [evaluationKeys, request, reply].map(formatBytes)
    return `  ${name}: ${scheme} n=${n}, keys ${sizes[0]}, request ${sizes[1]}, reply ${sizes[2]}`
  })
  return [
    `serving on ${url}`,
    ...lines,
    `  keys are kept in ${place}, ${quota} MB a client, for ${expiry} days after their last use`,
    tokens === undefined
      ? "  no tokens: one client, from this machine only"
      : `  clients have the tokens of ${tokens}`,
    queue === undefined
      ? `  ${width} at a time, ${timeout} s each, ${maxQueue} may wait`
      : `  lutra worker runs them, ${maxQueue} may wait`,
    "",
  ].join("\n")
}

/** The same as data; sizes are bytes. */
export const serviceData = ({ models, width }: Service, facts: ServiceFacts) => ({
  url: facts.url,
  models: [...models.values()].map(({ name, spec, frames }) => {
    const { scheme, n } = spec.parameters
    if (isModuleSpec(spec)) {
      const functions = spec.functions.map((one) => one.name)
      return { name, scheme, n, functions, bytes: { evaluationKeys: frames.keyBytes } }
    }
    const { evaluationKeys, request, reply } = messageSizes(spec)
    return { name, scheme, n, bytes: { evaluationKeys, request, reply } }
  }),
  place: facts.place,
  quotaMegabytes: facts.quota,
  expiryDays: facts.expiry,
  tokens: facts.tokens !== undefined,
  queue: facts.queue !== undefined,
  ...(facts.queue === undefined && { workers: width, timeoutSeconds: facts.timeout }),
  maxQueue: facts.maxQueue,
})
