/// <reference types="vite/client" />
import { connect, indexedDbKeys } from "lutra/client"

/** What goes into the program of program.ts, and what comes out. */
type Inputs = { answers: number[] }
type Risk = { points: number; isHigh: number }

const form = document.querySelector("form")!
const output = document.querySelector("output")!

/** Shows what a task comes to, or why it failed. */
const show = async (task: () => Promise<string>): Promise<void> => {
  try {
    output.textContent = await task()
  } catch (error) {
    output.textContent = (error as Error).message
  }
}

// Keys are made in a worker and kept in this browser.
const connection = connect<Inputs, Risk>(import.meta.env["VITE_SERVER"] ?? "http://localhost:8080", {
  keys: indexedDbKeys(),
  worker: true,
  onProgress: ({ step }) => {
    output.textContent = `${step}…`
  },
})
void show(() => connection.then(() => "ready"))

form.addEventListener("submit", (event) => {
  event.preventDefault()
  const answers = String(new FormData(form).get("answers")).trim().split(/\s+/).map(Number)
  void show(async () => {
    const { points, isHigh } = await (await connection).run({ answers })
    return `${points} points: the risk is ${isHigh ? "high" : "low"}`
  })
})
