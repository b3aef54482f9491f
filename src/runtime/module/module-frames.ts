import { RuntimeError } from "../../data/index.ts"
import { checkMessage, kindOf, messageHash } from "../messages/envelope.ts"
import type { MessageFrames } from "../messages/frame-checks.ts"
import {
  allEvaluationKeyRules,
  mostMessageBytes,
  mostSamplesIn,
  roundReplyRules,
  roundRequestRules,
  unnamedLevels,
} from "../messages/round-messages.ts"
import {
  type FunctionSpec,
  functionOf,
  type ModuleSpec,
  refreshedOutputs,
  roundCount,
} from "../spec/module-spec.ts"
import { messagesOf, unpackCall } from "./module-call.ts"
import { LABEL_BYTES, type Label } from "./module-labels.ts"
import { messageRules, roundFor } from "./module-messages.ts"

/** The same checks for the calls of a module: that of each of its messages. */
export const moduleFrames = (spec: ModuleSpec, maxGroups: number): MessageFrames => {
  const ids = unnamedLevels(spec)
  const samples = mostSamplesIn(spec, maxGroups)
  const sizeOf = (label: Label): number => {
    const round = roundFor(spec, label)
    const rules =
      label.kind === "request" ? roundRequestRules(round, ids, samples) : roundReplyRules(round, ids)
    return mostMessageBytes(rules, samples) + LABEL_BYTES
  }
  const replies = spec.functions.flatMap(repliesOf).map(sizeOf)
  const requests = spec.functions.flatMap((one) => requestsOf(spec, one)).map(sizeOf)
  const inputs = Math.max(1, ...spec.functions.map((one) => one.inputs.length))
  const keys = allEvaluationKeyRules(spec, ids)
  return {
    keyBytes: mostMessageBytes(keys, 1),
    // Each input of a function may come from a message of its own.
    mostRequestBytes: LABEL_BYTES + inputs * Math.max(...requests, ...replies),
    mostReplyBytes: Math.max(...replies),
    claims: (bytes) => messageHash(bytes) === spec.hash,
    checkKeys: (bytes) => checkMessage(bytes, keys),
    checkRequest: (bytes) => {
      const call = unpackCall(bytes)
      const one = functionOf(spec, call.name)
      const messages = messagesOf(call)
      if (messages.length > Math.max(1, one.inputs.length)) {
        throw new RuntimeError(
          `the request has ${messages.length} messages where "${one.name}" has ${one.inputs.length} inputs`,
          { code: "damaged" },
        )
      }
      for (const message of messages) {
        const kind = kindOf(message) === "reply" ? "reply" : "request"
        checkMessage(message, messageRules(spec, ids, kind, maxGroups))
      }
    },
  }
}

const repliesOf = (one: FunctionSpec): Label[] =>
  Array.from({ length: roundCount(one) }, (_, round) =>
    Array.from({ length: round === 0 ? one.replyLevels.length : 1 }, (_, age): Label => {
      return { kind: "reply", function: one.name, age: age + 1, round }
    }),
  ).flat()

const requestsOf = (spec: ModuleSpec, one: FunctionSpec): Label[] => {
  const of = { kind: "request", function: one.name } as const
  const later = Array.from({ length: roundCount(one) - 1 }, (_, i): Label => ({ ...of, round: i + 1 }))
  const refreshed: Label[] = refreshedOutputs(spec, one).length > 0 ? [{ ...of, refreshed: true }] : []
  return [{ ...of, inputs: one.inputs.map(({ name }) => name) }, ...later, ...refreshed]
}
