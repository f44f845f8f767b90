/**
 * The value below which this share of the values lies; for the median of an even number of them the mean of the middle two.
 *
 * @param {readonly number[]} values @param {number} share
 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const low = sorted[Math.floor(place)] ?? Number.NaN
  const high = sorted[Math.ceil(place)] ?? Number.NaN
  return low + (high - low) * (place - Math.floor(place))
}

/** @param {readonly number[]} values */
export const median = (values) => quantile(values, 0.5)
