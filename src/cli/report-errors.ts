/** Milliseconds in which the same message is told once. */
const QUIET = 10_000

/** Tells errors on stderr, a line each; those that come again and again, such as while a service is away, now and then. */
export const reportErrors = (): ((error: Error) => void) => {
  const told = new Map<string, number>()
  return ({ message }) => {
    const now = Date.now()
    if (now - (told.get(message) ?? 0) < QUIET) return
    if (told.size > 1000) told.clear()
    told.set(message, now)
    process.stderr.write(`${new Date(now).toISOString()} ${message.replaceAll("\n", "; ")}\n`)
  }
}
