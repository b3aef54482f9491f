/**
 * Solves a x = b for a positive semidefinite matrix, of which the lower triangle is given by rows, by a = L Lᵀ (Cholesky).
 * Unknowns that depend on earlier ones become 0. `a` is overwritten.
 */
export const solvePositive = (a: Float64Array, b: Float64Array): Float64Array => {
  const n = b.length
  const skipped = new Uint8Array(n)
  for (let j = 0; j < n; j++) {
    const original = a[j * n + j]!
    let pivot = original
    for (let k = 0; k < j; k++) pivot -= a[j * n + k]! ** 2
    skipped[j] = pivot > 1e-10 * original ? 0 : 1
    const root = skipped[j] === 1 ? 1 : Math.sqrt(pivot)
    a[j * n + j] = root
    for (let i = j + 1; i < n; i++) {
      let sum = a[i * n + j]!
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!
      a[i * n + j] = skipped[j] === 1 ? 0 : sum / root
    }
  }
  const x = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let sum = b[i]!
    for (let k = 0; k < i; k++) sum -= a[i * n + k]! * x[k]!
    x[i] = skipped[i] === 1 ? 0 : sum / a[i * n + i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i]!
    for (let k = i + 1; k < n; k++) sum -= a[k * n + i]! * x[k]!
    x[i] = skipped[i] === 1 ? 0 : sum / a[i * n + i]!
  }
  return x
}
