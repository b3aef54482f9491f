import { field, inverseMod } from "./field.ts"
import { NumberTheoreticTransform, TRANSFORM_PRIMES } from "./number-theoretic-transform.ts"
import { isNarrowField, powerOfTwoFrom, type Slots } from "./slots.ts"

/** Below this length of the shorter factor the school method is faster. */
const SCHOOL = 32

/**
 * Products of polynomials mod a prime t, exact: transforms modulo several primes whose product exceeds every
 * coefficient, joined by the Chinese remainder theorem (Garner's mixed radix).
 */
export class PolynomialProducts {
  readonly #t: bigint
  readonly #transforms: readonly NumberTheoreticTransform[]
  /** For i > j the inverse of prime j mod prime i. */
  readonly #inverses: readonly (readonly number[])[]
  /** The products of the primes before i, mod t. */
  readonly #weights: readonly bigint[]

  /** For products of up to `length` coefficients, at most 2^18. */
  constructor(t: bigint, length: number) {
    this.#t = t
    const most = powerOfTwoFrom(length)
    const bound = BigInt(most) * (t - 1n) ** 2n
    const primes: number[] = []
    const weights: bigint[] = []
    let product = 1n
    for (const prime of TRANSFORM_PRIMES) {
      if (product > bound) break
      weights.push(product % t)
      primes.push(prime)
      product *= BigInt(prime)
    }
    if (product <= bound) throw new RangeError(`t = ${t} is too large for products of ${length} coefficients`)
    this.#transforms = primes.map((prime) => new NumberTheoreticTransform(prime, most))
    this.#inverses = primes.map((p, i) =>
      primes.slice(0, i).map((q) => Number(inverseMod(BigInt(q % p), BigInt(p)))),
    )
    this.#weights = weights
  }

  multiply(a: Slots, b: Slots): Slots {
    return this.multiplyEach(a, [b])[0]!
  }

  /** The products of `a` with several of about equal length. */
  multiplyEach(a: Slots, factors: readonly Slots[]): Slots[] {
    const most = factors.reduce((longest, { length }) => Math.max(longest, length), 0)
    if (Math.min(a.length, most) <= SCHOOL) return factors.map((b) => multiplySchool(a, b, this.#t))
    const size = powerOfTwoFrom(a.length + most - 1)
    const images = factors.map((): Float64Array[] => [])
    for (const transform of this.#transforms) {
      const x = reduce(a, transform.prime, size)
      transform.forward(x)
      factors.forEach((b, k) => {
        const y = reduce(b, transform.prime, size)
        transform.forward(y)
        transform.multiplyInto(y, x)
        transform.backward(y)
        images[k]!.push(y)
      })
    }
    return factors.map((b, k) => this.#join(images[k]!, a.length + b.length - 1))
  }

  #join(images: readonly Float64Array[], length: number): Slots {
    const t = this.#t
    const result = field(t).zeros(length)
    this.#toDigits(images, length)
    if (!isNarrowField(t)) {
      for (let k = 0; k < length; k++) {
        let sum = 0n
        for (let i = 0; i < images.length; i++) sum += BigInt(images[i]![k]!) * this.#weights[i]!
        result[k] = sum % t
      }
      return result
    }
    const modulus = Number(t)
    const inverse = 1 / modulus
    images.forEach((digits, i) => {
      const weight = Number(this.#weights[i]!)
      for (let k = 0; k < length; k++) {
        const sum = (result[k] as number) + digits[k]! * weight
        const rest = sum - Math.floor(sum * inverse) * modulus
        result[k] = rest < 0 ? rest + modulus : rest >= modulus ? rest - modulus : rest
      }
    })
    return result
  }

  /** From residues to the digits of the mixed radix, in place. */
  #toDigits(images: readonly Float64Array[], length: number): void {
    images.forEach((own, i) => {
      const transform = this.#transforms[i]!
      for (let j = 0; j < i; j++) {
        const digits = images[j]!
        const inverse = this.#inverses[i]![j]!
        for (let k = 0; k < length; k++) own[k] = transform.multiply(own[k]! - digits[k]!, inverse)
      }
    })
  }
}

/** Residues mod a prime below 2^26, filled up with zeros. */
const reduce = (a: Slots, prime: number, size: number): Float64Array => {
  const result = new Float64Array(size)
  if (a instanceof Float64Array) {
    result.set(a)
    // Coefficients are below 2^26 and primes above 2^25.
    for (let i = 0; i < a.length; i++) if (a[i]! >= prime) result[i] = a[i]! - prime
    return result
  }
  const unit = 2 ** 30 % prime
  for (let i = 0; i < a.length; i++) {
    const high = Number(a[i]! >> 30n) % prime
    result[i] = (((high * unit) % prime) + Number(a[i]! & 0x3fffffffn)) % prime
  }
  return result
}

const multiplySchool = (a: Slots, b: Slots, t: bigint): Slots => {
  const result = field(t).zeros(a.length + b.length - 1)
  if (a instanceof Float64Array) addSchool(a, b as Float64Array, Number(t), result as Float64Array)
  else addSchool(a as never, b as never, t as never, result as never)
  return result
}

/** Written for numbers; bigints take the same path where t is too large for them. */
const addSchool = (a: Float64Array, b: Float64Array, t: number, result: Float64Array): void => {
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < b.length; j++) result[i + j] = (result[i + j]! + a[i]! * b[j]!) % t
  }
}
