const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was broken off",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "the name of the host cannot be looked up",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  ETIMEDOUT: "it does not answer",
  EADDRINUSE: "something listens there already",
  EADDRNOTAVAIL: "this machine has no such address",
  EACCES: "permission is denied",
}

/** In words, why an address cannot be reached or listened on; of what Node threw, or else its own message. */
export const networkTrouble = (error: unknown): string => {
  const { code = "", message = String(error) } = error as { code?: string; message?: string }
  return REASONS[code] ?? message.replace(/^(\w+ )?E[A-Z0-9_]+:? /, "")
}
