import crypto, { createHash } from "node:crypto"
import { syncBuiltinESMExports } from "node:module"
import { expect, test, vi } from "vitest"
import { bearerToken, readTokens } from "../../src/serve/tokens.ts"

const digest = createHash("sha256").update("hidden").digest("hex")

test("tokens belong to the names before them, also by their SHA-256 and several to one", () => {
  const authenticate = readTokens(
    `# who may come\nalice first # her own\n\n bob\tsha256:${digest}\r\nalice second\n`,
  )
  const found = ["first", "second", "hidden", digest, `sha256:${digest}`, "", "alice", "first "].map(
    authenticate,
  )
  expect(found).toEqual(["alice", "alice", "bob", undefined, undefined, undefined, undefined, undefined])
})

test("lines of another form are refused by their number, and no token is shown", () => {
  const message = (text: string): string => {
    try {
      readTokens(text)
      return "none"
    } catch (error) {
      return (error as Error).message
    }
  }
  expect(message("")).toContain("there are no tokens")
  expect(message("# nothing\n")).toContain("there are no tokens")
  for (const line of [
    "secret-token",
    "alice secret token",
    "al/ice secret-token",
    `alice ${"é"}`,
    "alice sha256:12",
  ]) {
    const said = message(`bob fine\n${line}`)
    expect(said).toContain("line 2 of the tokens")
    expect(said).not.toContain("secret")
  }
})

test("a token is compared with all others in constant time, whichever fits", () => {
  const authenticate = readTokens("a first\nb second\nc third")
  const timingSafeEqual = vi.spyOn(crypto, "timingSafeEqual")
  syncBuiltinESMExports() // what was imported by name is spied on, too
  try {
    for (const token of ["first", "third", "none", ""]) {
      timingSafeEqual.mockClear()
      authenticate(token)
      expect(timingSafeEqual).toHaveBeenCalledTimes(3)
    }
  } finally {
    timingSafeEqual.mockRestore()
    syncBuiltinESMExports()
  }
})

test("a bearer token is what stands behind Bearer, and nothing else", () => {
  const headers = [
    "Bearer abc",
    "bearer abc",
    "Basic abc",
    "Bearer",
    "Bearer a b",
    "abc",
    undefined,
    "Bearer  abc",
  ]
  expect(headers.map(bearerToken)).toEqual(["abc", "abc", ...Array(6).fill(undefined)])
})
