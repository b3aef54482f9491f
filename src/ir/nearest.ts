/** `; did you mean mul?` for a name with at most two letters wrong, and at most half of them. */
export const nearest = (name: string, candidates: readonly string[]): string => {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(name.slice(0, 40), candidate) }))
    .sort((a, b) => a.distance - b.distance)
  return ranked[0]!.distance <= Math.min(2, name.length / 2)
    ? `; did you mean ${ranked[0]!.candidate}?`
    : `; there are ${candidates.join(", ")}`
}

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
