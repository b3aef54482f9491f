import { type Circuit, type ReplayHooks, replay, type SlotOps } from "../backend/index.ts"

/**
 * Replays a circuit like `replay`, one instruction at a time: after each it awaits `pause` when that returns a promise.
 * The replay itself only notes what to do, on values that are there later.
 */
export const pacedReplay = async <T>(
  circuit: Circuit,
  ops: SlotOps<T>,
  hooks: ReplayHooks<T>,
  pause: () => Promise<void> | undefined,
): Promise<ReadonlyMap<number, T>> => {
  const steps: (() => void)[] = []
  const results = replay(circuit, deferred(ops, steps), {
    free: (later) => steps.push(() => hooks.free?.(later.take())),
    onStep: (done, total, instruction, later) => {
      const step = steps.pop()!
      steps.push(() => {
        step()
        hooks.onStep?.(done, total, instruction, later?.value)
      })
    },
  })
  for (const step of steps) {
    step()
    const paused = pause()
    if (paused !== undefined) await paused
  }
  return new Map([...results].map(([id, later]) => [id, later.value]))
}

/** A value that a later step makes. */
class Later<T> {
  #value: T | undefined

  get value(): T {
    if (this.#value === undefined) throw new Error("unreachable: a value is used before it is made")
    return this.#value
  }

  set(value: T): void {
    this.#value = value
  }

  /** The value, which is then forgotten. */
  take(): T {
    const value = this.value
    this.#value = undefined
    return value
  }
}

const deferred = <T>(ops: SlotOps<T>, steps: (() => void)[]): SlotOps<Later<T>> => {
  const later = (make: () => T): Later<T> => {
    const result = new Later<T>()
    steps.push(() => result.set(make()))
    return result
  }
  return {
    input: (name, piece) => later(() => ops.input(name, piece)),
    add: (a, b) => later(() => ops.add(a.value, b.value)),
    sub: (a, b) => later(() => ops.sub(a.value, b.value)),
    negate: (a) => later(() => ops.negate(a.value)),
    multiply: (a, b) => later(() => ops.multiply(a.value, b.value)),
    relinearize: (a) => later(() => ops.relinearize(a.value)),
    rotate: (a, steps) => later(() => ops.rotate(a.value, steps)),
    addPlain: (a, plain) => later(() => ops.addPlain(a.value, plain)),
    multiplyPlain: (a, plain) => later(() => ops.multiplyPlain(a.value, plain)),
    dropLevel: (a) => later(() => ops.dropLevel(a.value)),
    blind: (a, period, used) => later(() => ops.blind(a.value, period, used)),
  }
}
