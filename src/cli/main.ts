#!/usr/bin/env node
// Starts on every Node since 18 to say which one is needed; everything else is imported after that.
import module from "node:module"
import { canLoadSeal } from "../data/index.ts"
import { complaintAboutNode } from "./node-version.ts"

const complaint = complaintAboutNode(process.version, canLoadSeal())
if (complaint === undefined) {
  module.enableCompileCache() // a third of the time to start
  const { runCli } = await import("./run-cli.ts")
  process.exitCode = await runCli(process.argv.slice(2))
} else {
  process.stderr.write(`lutra: ${complaint}\n`)
  process.exitCode = 2
}
