/** Digits beyond which a number is refused; Postgres' numeric holds more, no identifier needs them. */
const DIGITS_MAX = 100
const NUMBER = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([-+]?[0-9]{1,4}))?$/

/** A number's value, free of how it was written: digits without zeros at either end, times a power of ten. */
interface Decimal {
  readonly negative: boolean
  readonly digits: string
  readonly exponent: number
}

/**
 * The exact value of a JSON number (RFC 8259, section 6): `1.0` and `1e3` are the whole numbers 1 and 1000, `-0` is 0, a whole number
 * beyond 2^53 - 1 is a bigint. A fraction must be what a double prints again.
 *
 * @returns undefined where the text is no number, is longer than 100 digits, or would not survive exactly (1e400, 1e-400,
 *   0.10000000000000000001)
 */
export function parseNumber(text: string): number | bigint | undefined {
  const decimal = parseDecimal(text)
  if (decimal === undefined) return undefined
  if (decimal.digits === '') return 0
  if (decimal.exponent < 0) return parseFraction(text, decimal)
  if (decimal.digits.length + decimal.exponent > DIGITS_MAX) return undefined
  const magnitude = BigInt(decimal.digits + '0'.repeat(decimal.exponent))
  return narrowBigint(decimal.negative ? -magnitude : magnitude)
}

/** A number where that is exact, so that one value has one form. */
export function narrowBigint(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

function parseFraction(text: string, decimal: Decimal): number | undefined {
  const number = Number(text)
  const again = parseDecimal(String(number))
  const exact =
    again !== undefined &&
    again.negative === decimal.negative &&
    again.digits === decimal.digits &&
    again.exponent === decimal.exponent
  return exact ? number : undefined
}

function parseDecimal(text: string): Decimal | undefined {
  const match = NUMBER.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', power = '0'] = match
  const written = (whole + fraction).replace(/^0+/, '')
  const digits = written.replace(/0+$/, '')
  return {
    negative: sign === '-',
    digits,
    exponent: Number(power) - fraction.length + (written.length - digits.length),
  }
}
