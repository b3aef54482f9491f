/** Where in a key as SEAL saves it the last of its headers begins. Its coefficients follow, which a key in use has as well. */
const LAST_HEADER = 64
/** The header and a coefficient. */
const HEAD_WORDS = 8

/**
 * Overwrites all copies of a saved key in the memory of SEAL, of which saving and loading leave some where they were freed. Keys
 * in use have other bytes before their coefficients, and are left alone: SEAL overwrites them when they are deleted.
 */
export const wipeSaved = (memory: WebAssembly.Memory, saved: Uint8Array): void => {
  const bytes = new Uint8Array(memory.buffer)
  const words = new Int32Array(memory.buffer)
  // The start of a freed block holds links of the allocator, so what is before the last header is not compared.
  const content = saved.slice(LAST_HEADER)
  const head = new Int32Array(content.buffer, 0, HEAD_WORDS)
  const [first] = head
  for (let at = words.indexOf(first!); at >= 0; at = words.indexOf(first!, at + 1)) {
    if (head.some((word, i) => words[at + i] !== word)) continue
    const start = 4 * at
    let end = start + 4 * HEAD_WORDS
    while (end < bytes.length && end - start < content.length && bytes[end] === content[end - start]) end++
    bytes.fill(0, start, end)
  }
  content.fill(0)
}
