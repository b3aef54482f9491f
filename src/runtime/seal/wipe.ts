/** Overwrites bytes of a secret that nobody needs any more, so that they do not wait for the garbage collector. */
export const wipe = (secrets: readonly Uint8Array[]): void => {
  for (const bytes of secrets) bytes.fill(0)
}
