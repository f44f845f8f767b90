const DATE = /^\d{4}-\d{2}-\d{2}$/
const MOMENT =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,6})?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/

interface Moment {
  readonly date: string
  readonly secondsOfDay: number
  /** With its dot; empty if none was written. */
  readonly fraction: string
  /** Undefined where no zone was written. */
  readonly offsetMinutes: number | undefined
}

/** A day of the calendar as `YYYY-MM-DD`, or undefined. No DateStyle reads it otherwise. */
export function dateText(text: string): string | undefined {
  return DATE.test(text) && isDay(text) ? text : undefined
}

/**
 * A moment as `YYYY-MM-DD hh:mm:ss` in UTC, or undefined. What is written without a zone is in UTC, as Cube reads it: in the zone of the
 * session, a client could move the edge of its own rows.
 *
 * @param zone what follows the time: `+00` for timestamptz, nothing for timestamp, whose zone Postgres would pass over
 */
export function momentText(text: string, zone: '+00' | ''): string | undefined {
  const moment = parseMoment(text)
  if (moment === undefined) return undefined
  const { date, secondsOfDay, fraction, offsetMinutes = 0 } = moment
  const utc = new Date(Date.parse(`${date}T00:00:00Z`) + (secondsOfDay - offsetMinutes * 60) * 1_000)
  const [day = '', time = ''] = utc.toISOString().split(/[T.]/)
  return isDay(day) ? `${day} ${time}${fraction}${zone}` : undefined
}

function parseMoment(text: string): Moment | undefined {
  const match = MOMENT.exec(text)
  if (match === null) return undefined
  const [, date = '', hours = '0', minutes = '0', seconds = '0', fraction = '', zone] = match
  if (!isDay(date) || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined
  const offsetMinutes = zone === undefined ? undefined : parseOffset(zone)
  if (zone !== undefined && offsetMinutes === undefined) return undefined
  const secondsOfDay = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)
  return { date, secondsOfDay, fraction, offsetMinutes }
}

/** Minutes east of UTC; Postgres takes less than 16 hours. */
function parseOffset(zone: string): number | undefined {
  if (zone === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(3).replace(':', '') || '0')
  if (hours > 15 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

/** A day that exists; the calendar here begins with the year 1 and ends with 9999. */
function isDay(text: string): boolean {
  if (!DATE.test(text) || text.startsWith('0000')) return false
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}
