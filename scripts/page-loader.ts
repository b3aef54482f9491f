/**
 * SEAL's loader for pages: node-seal's without its branches for Node, which bundlers stumble over, and with the address of the WASM
 * as `wasmUrl`. Throws when node-seal's loader is not the one that this was written for.
 */
export const pageLoader = (loader: string): string =>
  CHANGES.reduce((text, { what, from, to }) => {
    const parts = text.split(from)
    if (parts.length !== 2) {
      throw new Error(`node-seal's loader has ${parts.length - 1} places that look like ${what}, not one`)
    }
    return parts.join(to)
  }, loader)

interface Change {
  readonly what: string
  readonly from: RegExp
  readonly to: string
}

const CHANGES: readonly Change[] = [
  {
    what: "its own address, which bundlers replace with that of a file on their machine",
    from: /var _scriptName=import\.meta\.url;/,
    to: 'var _scriptName="";',
  },
  {
    what: "the import of Node's modules",
    from: /var ENVIRONMENT_IS_NODE=[^;]*;if\(ENVIRONMENT_IS_NODE\)\{[^{}]*const\{createRequire\}[^\n]*?require=createRequire\(import\.meta\.url\)\}/,
    to: "var ENVIRONMENT_IS_NODE=false;",
  },
  {
    what: "the reader of files in Node",
    from: /if\(ENVIRONMENT_IS_NODE\)\{[^\n]*\n[^\n]*\nvar fs=require[\s\S]*?process\.exitCode=status;throw toThrow\}\}else/,
    to: "",
  },
  {
    what: "the address of the WASM",
    from: /new URL\("seal_allows\.wasm",import\.meta\.url\)\.href/,
    to: "wasmUrl",
  },
  {
    what: "its export",
    from: /export default Module;/,
    to: 'export const wasmUrl = new URL("./seal.wasm", import.meta.url).href;\nexport default Module;',
  },
]
