import { isExpected, refuse } from "../refuse.ts"

/** Does something with what a file holds; its refusal begins with the name of the file, unless that is standard input. */
export const inFile = async <T>(file: string, work: () => T | Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (!isExpected(error) || file === "-" || error.message.startsWith(`${file} `)) throw error
    return refuse(`${file}: ${error.message}`, error)
  }
}
