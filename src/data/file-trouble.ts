const REASONS: Readonly<Record<string, string>> = {
  ENOTDIR: "a part of its path is no folder",
  EISDIR: "it is a directory",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EEXIST: "there is a file of that name",
  ENAMETOOLONG: "its name is too long",
  ENOSPC: "the disk is full",
  EROFS: "the disk can only be read",
  ELOOP: "it is a link that leads in a circle",
  EMFILE: "too many files are open",
}

const LONGEST = 200

/** A path as messages show it: of a very long one its end. */
export const printPath = (path: string | URL): string => {
  const text = String(path)
  return text.length <= LONGEST ? text : `…${text.slice(-LONGEST)}`
}

/**
 * In words, why a file cannot be read or written: `it is a directory`. `error` is what Node threw, `missing` what is not there,
 * unless told otherwise the file.
 */
export const fileTrouble = (error: unknown, missing = "file"): string => {
  const { code = "", message = String(error) } = error as { code?: string; message?: string }
  if (code === "ENOENT") return `there is no such ${missing}`
  // Of others Node's own words, without the code before them and the call behind.
  return REASONS[code] ?? message.replace(/^E[A-Z0-9]+: /, "").replace(/, \w+ '.*'$/s, "")
}
