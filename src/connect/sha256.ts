import { sha256 } from "@noble/hashes/sha2.js"

/** 64 hex digits. By the platform where it has it: pages without HTTPS have none. */
export const sha256Hex = async (bytes: Uint8Array): Promise<string> => {
  const subtle = globalThis.crypto?.subtle
  const hash = subtle
    ? new Uint8Array(await subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>))
    : sha256(bytes)
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")
}
