/** A value that is made when it is first asked for, such as a library that costs time to load. */
export const lazily = <T extends object>(make: () => T): (() => T) => {
  let value: T | undefined
  return () => {
    value ??= make()
    return value
  }
}
