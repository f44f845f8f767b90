/** How many letters must be put in, left out or replaced to make one name of the other; more than `max` may be any number above it. */
export function editDistance(from: string, to: string, max: number): number {
  if (Math.abs(from.length - to.length) > max) return max + 1
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1)
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    if (Math.min(...current) > max) return max + 1
    previous = current
  }
  return previous[to.length] ?? 0
}

/** The word nearest to one that was written, if it is near: by so few letters that it may well have been meant. */
export function nearestWord(written: string, words: readonly string[], distanceMax = 3): string | undefined {
  let nearest: string | undefined
  let max = Math.min(distanceMax, Math.ceil(written.length / 2))
  for (const word of words) {
    const distance = editDistance(written.toLowerCase(), word.toLowerCase(), max)
    if (distance > max) continue
    nearest = word
    max = distance - 1
  }
  return nearest
}
