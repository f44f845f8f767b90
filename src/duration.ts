const SECONDS: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3_600],
  ['d', 86_400],
])
/** Ten years: beyond it, somebody mistook the unit. */
const SECONDS_MAX = 315_360_000

/** `90s`, `15m`, `1h` or `7d` in seconds; undefined for anything else, for nothing and for more than ten years. */
export function parseDuration(text: string): number | undefined {
  const [, count = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? []
  const seconds = Number(count) * (SECONDS.get(unit) ?? 0)
  return seconds > 0 && seconds <= SECONDS_MAX ? seconds : undefined
}
