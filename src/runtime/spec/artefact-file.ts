import { printKind, RuntimeError } from "../../data/index.ts"
import { CHECKSUM_BYTES, checksum } from "../messages/checksum.ts"
import { kindOf } from "../messages/envelope.ts"

/** The two parts of a `.lutra` file: what a client needs, and what only a server may see; the latter may be missing. */
export interface ArtefactParts {
  readonly client: Uint8Array
  readonly server: Uint8Array | undefined
}

const MAGIC = new TextEncoder().encode("LUTRA.P\n")
const VERSION = 2
const CLIENT_SIZE_AT = MAGIC.length + 4
const SERVER_SIZE_AT = CLIENT_SIZE_AT + 4
const CLIENT_AT = SERVER_SIZE_AT + 4

/** Magic, version, the sizes of both parts, the parts, a checksum of all before it. */
export const packArtefactFile = ({ client, server = new Uint8Array() }: ArtefactParts): Uint8Array => {
  const end = CLIENT_AT + client.length + server.length
  const bytes = new Uint8Array(end + CHECKSUM_BYTES)
  const view = new DataView(bytes.buffer)
  bytes.set(MAGIC)
  view.setUint32(MAGIC.length, VERSION, true)
  view.setUint32(CLIENT_SIZE_AT, client.length, true)
  view.setUint32(SERVER_SIZE_AT, server.length, true)
  bytes.set(client, CLIENT_AT)
  bytes.set(server, CLIENT_AT + client.length)
  bytes.set(checksum(bytes.subarray(0, end)), end)
  return bytes
}

/** The parts as views of `bytes`. Throws RuntimeError when they are no whole, unaltered program of this version. */
export const unpackArtefactFile = (bytes: Uint8Array): ArtefactParts => {
  if (!(bytes instanceof Uint8Array))
    throw new RuntimeError(`a compiled program is a Uint8Array, not ${printKind(bytes)}`, {
      code: "wrong-argument",
    })
  if (bytes.length < CLIENT_AT + CHECKSUM_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte))
    throw new RuntimeError(
      `${found(bytes)}
make one with \`lutra compile\` or \`save\``,
      { code: "damaged" },
    )
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = view.getUint32(MAGIC.length, true)
  if (version !== VERSION)
    throw new RuntimeError(
      `the compiled program has format ${version}; this version of Lutra reads ${VERSION}`,
      { code: "damaged" },
    )
  const clientSize = view.getUint32(CLIENT_SIZE_AT, true)
  const serverSize = view.getUint32(SERVER_SIZE_AT, true)
  const end = CLIENT_AT + clientSize + serverSize
  if (bytes.length !== end + CHECKSUM_BYTES) {
    throw new RuntimeError(
      `the compiled program has ${bytes.length} bytes where its header says ${end + CHECKSUM_BYTES}: it is cut off or damaged`,
      { code: "damaged" },
    )
  }
  if (checksum(bytes.subarray(0, end)).some((byte, i) => bytes[end + i] !== byte))
    throw new RuntimeError("the compiled program is damaged: its checksum does not match", {
      code: "damaged",
    })
  const client = bytes.subarray(CLIENT_AT, CLIENT_AT + clientSize)
  return { client, server: serverSize === 0 ? undefined : bytes.subarray(CLIENT_AT + clientSize, end) }
}

const found = (bytes: Uint8Array): string => {
  const isMessage = [...MAGIC.subarray(0, 5)].every((byte, i) => byte === bytes[i])
  const kind = isMessage ? kindOf(bytes) : undefined
  return kind === undefined ? "this is no compiled program" : `this is a ${kind}, not a compiled program`
}
