/**
 * `; did you mean mul?` for a name with few letters wrong: two, or a quarter of a long one, and at most half. Case and
 * underscores count little, so that Python's spelling finds ours. Otherwise `; there are add, mul`.
 */
export const nearest = (name: string, candidates: readonly string[]): string => {
  const near = nearestOf(name, candidates)
  if (near !== undefined) return `; did you mean ${near}?`
  return candidates.length === 0 ? "; there are none" : `; there are ${candidates.join(", ")}`
}

/** The candidate that a name most likely means; undefined where none is near. */
export const nearestOf = (name: string, candidates: readonly string[]): string | undefined => {
  const written = plain(name)
  let best: string | undefined
  let least = Math.min(Math.max(2, Math.floor(written.length / 4)), written.length / 2)
  for (const candidate of candidates) {
    const distance = editDistance(written, plain(candidate))
    if (distance < least || (distance === least && best === undefined)) [best, least] = [candidate, distance]
  }
  return best
}

const plain = (name: string): string => name.slice(0, 40).replaceAll(/[_-]/g, "").toLowerCase()

const editDistance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length]!
}
