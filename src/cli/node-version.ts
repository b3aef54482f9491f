/** Whether WebAssembly has exception references, without which SEAL does not load. */
export const hasExceptionReferences = (): boolean => WebAssembly.validate(MODULE)

// The header of a module and a type section with one function type, which returns an exnref (0x69).
const MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x69)

/** What is wrong with this Node, in one line; undefined when it will do. */
export const complaintAboutNode = (version: string, canLoadSeal: boolean): string | undefined =>
  canLoadSeal
    ? undefined
    : `Node ${version.replace(/^v/, "")} cannot load SEAL; Node >= 22.22.2 or >= 24.15 is needed`
