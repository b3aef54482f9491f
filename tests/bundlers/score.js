import { connect } from "lutra/client"

/** Shows the score that the server of `?server=` computes, with a worker for `?worker`, or what went wrong. */
export const showScore = async (options = {}) => {
  const { searchParams } = new URL(location.href)
  const output = document.querySelector("output")
  try {
    const worker = searchParams.has("worker")
    const connection = await connect(searchParams.get("server"), { worker, ...options })
    output.textContent = `score ${await connection.run({ x: [1, 2, 3, 4] })}`
  } catch (error) {
    output.textContent = `failed: ${error.message}`
  }
}
