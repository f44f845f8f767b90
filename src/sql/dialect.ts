import { createRequire } from 'node:module'

/** What is used of node-sql-parser. Its trees are its own affair; two fields of them are changed here. */
interface OtherParser {
  astify(sql: string, options: { database: string }): unknown
  sqlify(tree: unknown, options: { database: string }): string
}

interface Dialect {
  readonly name: string
  /** As node-sql-parser calls it. */
  readonly database: string
  /** Signs of it; without one no time is spent. */
  readonly sign: RegExp
}

const DIALECTS: readonly Dialect[] = [
  { name: 'T-SQL', database: 'transactsql', sign: /\btop\s*\(?\s*\d|\[\s*[a-z_]/i },
  { name: 'BigQuery', database: 'bigquery', sign: /`[^`]*\.[^`]*`|\bexcept\s*\(|\bqualify\b/i },
  { name: 'MySQL', database: 'mysql', sign: /`|\blimit\s+\d+\s*,/i },
]

/** Longer texts are not worth the time: nobody typed them. */
const TEXT_LENGTH_MAX = 10_000

let loaded: OtherParser | undefined

/** Loaded when first needed: it is big, and most clients never write another dialect. */
function otherParser(): OtherParser {
  if (loaded === undefined) {
    const { Parser } = createRequire(import.meta.url)('node-sql-parser') as { Parser: new () => OtherParser }
    loaded = new Parser()
  }
  return loaded
}

/**
 * What to tell a person whose text is no Postgres but can be read as another dialect. Never part of what is executed.
 *
 * @param isPostgres tells whether a text is one that Postgres' grammar reads
 * @returns undefined if it reads as none
 */
export function dialectHint(sql: string, isPostgres: (sql: string) => boolean): string | undefined {
  if (sql.length > TEXT_LENGTH_MAX) return undefined
  for (const { name, database, sign } of DIALECTS) {
    if (!sign.test(sql)) continue
    const written = rewritten(sql, database)
    if (written === undefined) continue
    const known = `This reads as ${name}, but the server speaks PostgreSQL.`
    return isPostgres(written)
      ? `${known} Write: ${written}`
      : `${known} Quote names with ", and write LIMIT … OFFSET ….`
  }
  return undefined
}

function rewritten(sql: string, database: string): string | undefined {
  try {
    const parser = otherParser()
    const tree = parser.astify(sql, { database })
    for (const one of Array.isArray(tree) ? (tree as unknown[]) : [tree]) limitAsPostgres(one)
    return parser.sqlify(tree, { database: 'postgresql' }).replace(/`([^`]*)`/g, (_all, path: string) =>
      path
        .split('.')
        .map((part) => `"${part}"`)
        .join('.'),
    )
  } catch {
    return undefined
  }
}

/** `LIMIT 5, 10` skips five; `TOP 10` takes ten. */
function limitAsPostgres(tree: unknown): void {
  if (tree === null || typeof tree !== 'object') return
  const select = tree as {
    limit?: { seperator?: string; value?: unknown[] } | null
    top?: { value?: unknown } | null
  }
  const { limit, top } = select
  if (limit?.seperator === ',' && Array.isArray(limit.value))
    select.limit = { seperator: 'offset', value: [...limit.value].reverse() }
  if (top?.value === undefined) return
  select.limit = { seperator: '', value: [{ type: 'number', value: top.value }] }
  select.top = null
}
