import { z } from 'zod'

/** Reads the text of a variable. */
export type Value = z.ZodType<string | number | boolean | undefined>

export const whole = (min: number, max: number): Value =>
  z
    .string()
    .refine((value) => /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max, {
      message: `must be a whole number from ${min} to ${max}`,
    })
    .transform(Number)
export const text: Value = z.string()
export const flag: Value = z
  .enum(['true', 'false', '1', '0', 'on', 'off'], { error: 'must be true or false' })
  .transform((value) => value === 'true' || value === '1' || value === 'on')
export const oneOf = (values: readonly string[]): Value =>
  z.string().refine((value) => values.includes(value), { message: `must be one of ${values.join(', ')}` })

/** As RFC 7518 names them; what auth verifies, `none` not among them. */
const ALGORITHMS =
  'HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ')
export const algorithms: Value = z
  .string()
  .refine(
    (value) => splitList(value).length > 0 && splitList(value).every((name) => ALGORITHMS.includes(name)),
    {
      message: `must be a list of ${ALGORITHMS.join(', ')}`,
    },
  )
export const url: Value = z.string().refine(isPlainUrl, {
  message: 'must be an http or https URL without user and password',
})
/** Databases of Cube that speak Postgres' protocol and dialect. */
export const POSTGRES_TYPES = ['postgres', 'redshift', 'cockroachdb', 'materialize', 'crate']

export const functionNames: Value = z
  .string()
  .refine((value) => splitList(value).every((name) => /^[a-z_][a-z0-9_$]*\.[a-z_][a-z0-9_$]*$/.test(name)), {
    message: 'must be a list of schema.name in lower case',
  })

/** The parts of a value that is a list, separated by commas. */
export function splitList(value: string): readonly string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function isPlainUrl(value: string): boolean {
  if (!URL.canParse(value)) return false
  const { protocol, username, password } = new URL(value)
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === ''
}
