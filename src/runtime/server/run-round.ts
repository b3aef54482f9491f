import type { Circuit } from "../../backend/index.ts"
import { clearOutputs } from "../messages/message-rules.ts"
import type { Round } from "../messages/rounds-and-residues.ts"
import type { OnProgress } from "../spec/program-spec.ts"
import type { Engine } from "./engine.ts"
import { drawMasks, maskInputs, maskOperands } from "./masks.ts"
import { type GroupsJob, runGroups } from "./run-groups.ts"
import type { Session, Sessions } from "./sessions.ts"

/** One round of a run: what it computes with besides the ciphertexts is what a server keeps between two rounds. */
export interface RoundJob
  extends Omit<Session, "round">,
    Pick<GroupsJob, "circuits" | "ciphertexts" | "surplus"> {
  readonly round: Round
}

/** The parts of the reply; of all rounds but the last the number by which the client goes on is the last of them. */
export const runRound = async (
  engine: Engine,
  sessions: Sessions,
  job: RoundJob,
  onProgress: OnProgress | undefined,
): Promise<Uint8Array[]> => {
  const { round, circuits, ciphertexts, surplus, samples, batch, masks, clear, of } = job
  const [first] = circuits as [Circuit]
  const drawn = drawMasks(first, samples)
  const given = maskOperands(first, drawn, masks)
  const computedWith = maskInputs(first, masks, samples)
  const reply = await runGroups(
    engine,
    {
      ...{ layout: round.layout, samples, batch, circuits, ciphertexts, given },
      ...(surplus && { surplus }),
      clear: clear.map((own, sample) => ({ ...own, ...computedWith[sample] })),
      clearOutputs: clearOutputs(round).map(({ name }) => name),
    },
    onProgress,
  )
  if (!round.isLast) {
    const next = { ...(of !== undefined && { of }), round: round.round + 1, samples, batch }
    reply.push(sessions.keep({ ...next, masks: drawn, clear }))
  }
  return reply
}

/** Goes on with a run that its client has answered; a failure leaves it to be tried again. */
export const resumeRound = async (
  sessions: Sessions,
  id: Uint8Array,
  asked: Pick<Session, "of" | "round" | "samples" | "batch">,
  run: (session: Session) => Promise<Uint8Array[]>,
  isDisposed: () => boolean,
): Promise<Uint8Array[]> => {
  const session = sessions.take(id, asked)
  try {
    return await run(session)
  } catch (error) {
    // Nothing was told of it: the client may try again.
    if (!isDisposed()) sessions.restore(id, session)
    throw error
  }
}
