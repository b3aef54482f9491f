/** Everything that decides what a training run produces, besides the images. */
export type Settings = {
  /** Pixels are reduced to 0..brightest. */
  readonly brightest: number
  /** Hidden neurons. */
  readonly neurons: number
  /** Points in the domain of the activation: all weighted sums of hidden neurons lie in 0..domain-1. */
  readonly domain: number
  /** The part of the domain, about its middle, over which the activation rises. */
  readonly rise: number
  /** The largest activation; the smallest is 0. */
  readonly top: number
  /** The largest absolute output weight. */
  readonly outputLimit: number
  /** Factor from the scores to the exponents of the softmax that the loss is computed from. */
  readonly sharpness: number
  /** Images move by at most this part of a pixel while training. */
  readonly shift: number
  readonly epochs: number
  /** Images per step. */
  readonly batch: number
  /** The first step size of hidden weights; it falls to zero along a straight line. */
  readonly rate: number
  readonly seed: number
}
