/**
 * A clock in milliseconds that stands still while other processes have the core, so that a busy machine times like an
 * idle one: the processor time of this process, whose other threads should rest. Where the system counts that too
 * coarsely it is the clock on the wall.
 */
export const busyClock = (): (() => number) => {
  // That of the thread alone moves every 2 ms only, on Linux.
  const clock = (): number => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  }
  return isFine(clock) ? clock : () => performance.now()
}

/** Whether a clock moves a hundred times in 50 ms of work. */
export const isFine = (clock: () => number): boolean => {
  let moves = 0
  let last = clock()
  for (const begun = performance.now(); performance.now() - begun < 50; ) {
    const next = clock()
    if (next > last && ++moves === 100) return true
    last = next
  }
  return false
}
