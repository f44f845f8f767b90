/** JSON of a value; a bigint is written as the whole number that it is, which JSON.stringify refuses. */
export function printJson(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(printJson).join(',')}]`
  const members = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .map(([key, inner]) => `${JSON.stringify(key)}:${printJson(inner)}`)
  return `{${members.join(',')}}`
}
