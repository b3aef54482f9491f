/** Values mod t in the slots of one ciphertext: Float64Array where products stay below 2^53, else BigInt64Array. */
export type Slots = Float64Array | BigInt64Array

/** Whether products of two numbers mod t stay below 2^53. */
export const isNarrowField = (t: bigint): boolean => t < 2n ** 26n

/** The smallest power of two that is at least this, and at least 1. */
export const powerOfTwoFrom = (least: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, least)))
