/** `keys` makes or restores the secret key and makes evaluation keys; `server` is the request up, the run and the reply down. */
export type Step = "download" | "keys" | "upload" | "encrypt" | "server" | "refresh" | "decrypt"

/** A step of a connection that begins, or that is done. */
export interface Progress {
  readonly step: Step
  readonly state: "begun" | "done"
  /** How long it took, when it is done. */
  readonly milliseconds?: number
  /** The part of `server` in which the server computed, where it tells. */
  readonly computing?: number
  /** What is sent, or what came back when the step is done: never the secret key. */
  readonly message?: Uint8Array
}

export type OnConnectionProgress = (progress: Progress) => void

type Known = Pick<Progress, "message" | "computing">

/** Runs a step and tells of it: `before` is known when it begins, and what `after` says of its result when it is done. */
export const inStep = async <T>(
  onProgress: OnConnectionProgress | undefined,
  step: Step,
  run: () => Promise<T>,
  { before = {}, after = bytesOf }: { readonly before?: Known; readonly after?: (result: T) => Known } = {},
): Promise<T> => {
  const began = performance.now()
  onProgress?.({ step, state: "begun", ...before })
  const result = await run()
  onProgress?.({ step, state: "done", milliseconds: performance.now() - began, ...before, ...after(result) })
  return result
}

const bytesOf = (result: unknown): Known => (result instanceof Uint8Array ? { message: result } : {})
