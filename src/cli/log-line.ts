/** Writes a line of a log on stdout: one JSON object, as the server's own lines are. */
export const logLine = (fields: Readonly<Record<string, unknown>>): void => {
  process.stdout.write(`${JSON.stringify({ level: 30, time: Date.now(), ...fields })}\n`)
}
