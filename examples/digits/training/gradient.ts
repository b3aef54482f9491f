import type { Activation } from "./activation.ts"
import type { Layers } from "./layers.ts"

/**
 * The gradient of the cross-entropy loss, at the integer network, as if rounding did nothing (the
 * straight-through estimator: Bengio, Léonard and Courville, 2013). The returned function runs the network
 * on one image of integers and adds the gradient of its loss to `gradient`.
 */
export function backPropagation(
  network: Layers<Int32Array>,
  gradient: Layers<Float64Array>,
  { entries, slopes }: Activation,
  sharpness: number,
): (image: Int32Array, label: number) => void {
  const neurons = network.hiddenBias.length
  const classes = network.outputBias.length
  const inputs = network.hidden.length / neurons
  const sums = new Int32Array(neurons)
  const scores = new Float64Array(classes)

  return (image, label) => {
    for (let j = 0; j < neurons; j++) {
      let sum = network.hiddenBias[j]!
      for (let i = 0; i < inputs; i++) sum += network.hidden[j * inputs + i]! * image[i]!
      sums[j] = sum
    }
    for (let k = 0; k < classes; k++) {
      let score = network.outputBias[k]!
      for (let j = 0; j < neurons; j++) score += network.output[k * neurons + j]! * entries[sums[j]!]!
      scores[k] = sharpness * score
    }
    // d loss / d score = sharpness * (softmax(scores) - one-hot label)
    const errors = softmax(scores)
    errors[label] = errors[label]! - 1
    for (let k = 0; k < classes; k++) {
      errors[k] = errors[k]! * sharpness
      gradient.outputBias[k]! += errors[k]!
    }
    for (let j = 0; j < neurons; j++) {
      const value = entries[sums[j]!]!
      let error = 0
      for (let k = 0; k < classes; k++) {
        gradient.output[k * neurons + j]! += errors[k]! * value
        error += errors[k]! * network.output[k * neurons + j]!
      }
      error *= slopes[sums[j]!]!
      if (error === 0) continue
      gradient.hiddenBias[j]! += error
      for (let i = 0; i < inputs; i++) gradient.hidden[j * inputs + i]! += error * image[i]!
    }
  }
}

/** The probabilities `exp(x_k) / sum exp(x_k)`. */
function softmax(values: Float64Array): Float64Array {
  const largest = Math.max(...values)
  const powers = values.map((value) => exponential(value - largest))
  const total = powers.reduce((sum, power) => sum + power, 0)
  return powers.map((power) => power / total)
}

/** `(1 + x/1024)^1024`, close to `exp(x)` for x <= 0, and unlike `Math.exp` the same on every machine. */
function exponential(x: number): number {
  let power = Math.max(0, 1 + x / 1024)
  for (let i = 0; i < 10; i++) power *= power
  return power
}
