import type { Config } from './config.js'

const SECRETS = new Set(['password', 'secrets', 'key'])
const CERTIFICATES = new Set(['cert', 'ca'])

/** The configuration as a text that is stable, one setting a line, and holds no secret. */
export function printConfig(config: Config): string {
  return printFields(config, '').join('\n')
}

function printFields(value: unknown, path: string): readonly string[] {
  const name = path.slice(path.lastIndexOf('.') + 1)
  if (value === undefined || value === '') return [`${path} = not set`]
  if (SECRETS.has(name)) return [`${path} = (hidden)`]
  if (CERTIFICATES.has(name)) return [`${path} = (set)`]
  if (value instanceof Set) return printFields([...value], path)
  if (Array.isArray(value)) return [`${path} = ${value.map(printElement).join(', ') || 'none'}`]
  if (value === null || typeof value !== 'object') return [`${path} = ${String(value)}`]
  return Object.entries(value).flatMap(([field, inner]) =>
    printFields(inner, path === '' ? field : `${path}.${field}`),
  )
}

function printElement(element: unknown): string {
  if (element === null || typeof element !== 'object') return String(element)
  const { file, message } = element as { readonly file?: unknown; readonly message?: unknown }
  return `${String(file)} ${String(message)}`
}
