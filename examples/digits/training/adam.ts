const momentumDecay = 0.9
const scaleDecay = 0.999

/**
 * Adam (Kingma and Ba, 2015) for one array of parameters: the returned function moves the parameters one step
 * against the gradient, by about `rate` each.
 */
export function adam(parameters: Float64Array, gradient: Float64Array): (rate: number) => void {
  const momentum = new Float64Array(parameters.length)
  const scale = new Float64Array(parameters.length)
  let momentumBias = 1
  let scaleBias = 1
  return (rate) => {
    momentumBias *= momentumDecay
    scaleBias *= scaleDecay
    for (let i = 0; i < parameters.length; i++) {
      const slope = gradient[i]!
      momentum[i] = momentumDecay * momentum[i]! + (1 - momentumDecay) * slope
      scale[i] = scaleDecay * scale[i]! + (1 - scaleDecay) * slope * slope
      const direction = momentum[i]! / (1 - momentumBias)
      const size = Math.sqrt(scale[i]! / (1 - scaleBias)) + 1e-10
      parameters[i] = parameters[i]! - (rate * direction) / size
    }
  }
}
