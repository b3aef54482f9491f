/** Throws unless two vectors are equal. */
export const checkEqual = (what: string, found: readonly number[], expected: readonly number[]): void => {
  const i = expected.findIndex((value, j) => value !== found[j])
  if (i >= 0) throw new Error(`hand-written ${what}: element ${i} is ${found[i]}, not ${expected[i]}`)
}
