import { type Circuit, replaySteps } from "../../backend/index.ts"
import { RuntimeError } from "../../data/index.ts"
import type { SealOps } from "../seal/seal-ops.ts"
import type { GroupHooks } from "./engine.ts"

/** Milliseconds of computation after which a run lets other work in. */
const TURN = 100

/**
 * Runs a circuit on ciphertexts and returns the saved ones of all outputs, the pieces in order. Gives way to other work
 * from time to time, and then throws if `isDisposed` says so or the run is aborted.
 */
export const runCircuit = async (
  circuit: Circuit,
  ops: SealOps,
  hooks: GroupHooks,
  isDisposed: () => boolean,
): Promise<Uint8Array[]> => {
  const steps = replaySteps(circuit, ops, {
    free: (value) => ops.free(value),
    onStep: (_done, _total, { op }) => hooks.onSteps?.(1, op),
  })
  let since = performance.now()
  let step = steps.next()
  for (; !step.done; step = steps.next()) {
    if (performance.now() - since < TURN) continue
    await new Promise((resolve) => setTimeout(resolve))
    since = performance.now()
    if (isDisposed()) throw new RuntimeError("this server is disposed", { code: "disposed" })
    hooks.signal.throwIfAborted()
  }
  const results = step.value
  return circuit.outputs.flatMap(({ pieces }) => pieces.map((id) => ops.save(results[id]!)))
}
