// The header of a module and a type section with one function type, which takes an exnref (0x69).
const EXNREF_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 1, 0x69, 0)

/** Whether WebAssembly has exception references here, without which SEAL does not load. */
export const canLoadSeal = (): boolean => WebAssembly.validate(EXNREF_MODULE)

export const SEAL_NEEDS =
  "Node 22.22.2 or later, Node 24.15 or later, Chrome 137, Firefox 131 or Safari 18.4 is needed (WebAssembly exceptions with exnref)"
