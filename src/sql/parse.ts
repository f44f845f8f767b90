import { PgError } from '../errors.js'
import { dialectHint } from './dialect.js'
import { checkLimits, checkTree, type SqlLimits } from './limits.js'
import { fingerprint, isSyntaxError, parseTree } from './parser.js'
import type { Node, SelectStmt } from './tree.js'

export { loadParser } from './parser.js'

/** One statement of a text. */
export interface Statement {
  readonly node: Node
  /** The statement's own part of the text, for logs and for prepared statements. */
  readonly text: string
  /** The 1-based character position of that part in the whole text. */
  readonly start: number
}

/** The statements of a text, and where their nodes stand in it. */
export interface Parsed {
  readonly statements: readonly Statement[]
  /** The 1-based character position of a node's `location` (bytes from 0); undefined for nodes that were not written. */
  readonly at: (location: number | undefined) => number | undefined
  /** Equal for texts that differ in their constants only (libpg_query's fingerprint); computed when first asked for. */
  readonly fingerprint: () => string
}

interface RawStatement {
  readonly stmt?: Node
  readonly stmt_location?: number
  readonly stmt_len?: number
}

/**
 * Parses a text with Postgres' own grammar.
 *
 * @throws PgError syntax_error with Postgres' message and position; program_limit_exceeded and statement_too_complex before the parser
 * sees a text that could break it
 */
export function parseStatements(sql: string, limits: SqlLimits): Parsed {
  checkLimits(sql, limits)
  const at = createPositions(sql)
  const fingerprintOnce = createFingerprint(sql)
  if (sql.trim() === '') return { statements: [], at, fingerprint: fingerprintOnce }
  const bytes = Buffer.from(sql, 'utf8')
  const statements = parseRaw(sql).map(({ stmt, stmt_location: start = 0, stmt_len: length }): Statement => {
    if (stmt === undefined) throw new PgError('syntax_error', 'syntax error')
    checkTree(stmt, limits)
    const end = length === undefined ? bytes.length : start + length
    const part = bytes.subarray(start, end).toString('utf8')
    const text = part.trim()
    const before = part.length - part.trimStart().length
    return { node: stmt, text, start: (at(start) ?? 1) + before }
  })
  return { statements, at, fingerprint: fingerprintOnce }
}

function createFingerprint(sql: string): () => string {
  let known: string | undefined
  return () => {
    known ??= fingerprint(sql)
    return known
  }
}

function parseRaw(sql: string): readonly RawStatement[] {
  try {
    return parseTree(sql) as readonly RawStatement[]
  } catch (error) {
    const position = syntaxErrorPosition(error)
    if (position === undefined) {
      throw new PgError('statement_too_complex', 'the statement is too complex to be parsed', {
        hint: 'Use WITH queries instead of nesting, and lists instead of long chains of operators.',
        cause: error,
      })
    }
    const message = error instanceof Error ? error.message : 'syntax error'
    throw new PgError('syntax_error', message, {
      position: position >= 0 ? position + 1 : undefined,
      hint: dialectHint(sql, isReadable),
    })
  }
}

function isReadable(sql: string): boolean {
  try {
    return parseTree(sql).length > 0
  } catch {
    return false
  }
}

/** The 0-based character of a syntax error; undefined if the error is none of the grammar's. */
function syntaxErrorPosition(error: unknown): number | undefined {
  if (!isSyntaxError(error) || !('sqlDetails' in error)) return undefined
  const details = error.sqlDetails as { readonly cursorPosition?: number } | undefined
  return details?.cursorPosition ?? -1
}

/** Bytes between two places whose position is kept. */
const KEPT_EVERY_BYTES = 256

/** Converts byte offsets of a text to 1-based character positions: Postgres counts characters, JavaScript UTF-16 units. */
export function createPositions(sql: string): (location: number | undefined) => number | undefined {
  let counted: { readonly bytes: Buffer; readonly kept: Uint32Array } | undefined
  return (location) => {
    if (location === undefined || location < 0) return undefined
    counted ??= countCharacters(sql)
    const { bytes, kept } = counted
    const end = Math.min(location, bytes.length)
    const index = Math.floor(end / KEPT_EVERY_BYTES)
    return (kept[index] ?? 0) + charactersIn(bytes, index * KEPT_EVERY_BYTES, end) + 1
  }
}

/** Counted once for all places, because a long statement has many. */
function countCharacters(sql: string): { readonly bytes: Buffer; readonly kept: Uint32Array } {
  const bytes = Buffer.from(sql, 'utf8')
  const kept = new Uint32Array(Math.floor(bytes.length / KEPT_EVERY_BYTES) + 1)
  for (let index = 1; index < kept.length; index += 1) {
    const start = (index - 1) * KEPT_EVERY_BYTES
    kept[index] = (kept[index - 1] ?? 0) + charactersIn(bytes, start, start + KEPT_EVERY_BYTES)
  }
  return { bytes, kept }
}

/** Bytes of UTF-8 that begin a character. */
function charactersIn(bytes: Buffer, start: number, end: number): number {
  let count = 0
  for (let index = start; index < end; index += 1) if (((bytes[index] ?? 0) & 0xc0) !== 0x80) count += 1
  return count
}

const MODEL_LIMITS: SqlLimits = {
  sqlBytesMax: 1_048_576,
  tokensMax: 500_000,
  nestingMax: 200,
  operatorsMax: 5_000,
  commentsMax: 5_000,
  relationsMax: 1_000,
  entriesMax: 1_664,
}

/**
 * Parses a text that must be one expression and nothing else.
 *
 * @throws PgError syntax_error
 */
export function parseExpression(text: string): Node {
  const select = onlySelect(`SELECT (\n${text}\n)`)
  const [target, ...others] = select.targetList ?? []
  const bare = [
    'fromClause',
    'whereClause',
    'groupClause',
    'sortClause',
    'limitCount',
    'intoClause',
    'havingClause',
    'withClause',
    'valuesLists',
    'lockingClause',
    'windowClause',
    'limitOffset',
    'distinctClause',
    'larg',
  ] as const
  const value =
    target !== undefined && 'ResTarget' in target && target.ResTarget.name === undefined
      ? target.ResTarget.val
      : undefined
  const implicitRow =
    value !== undefined && 'RowExpr' in value && value.RowExpr.row_format === 'COERCE_IMPLICIT_CAST'
  if (
    value === undefined ||
    others.length > 0 ||
    implicitRow ||
    bare.some((clause) => select[clause] !== undefined)
  ) {
    throw new PgError('syntax_error', 'this is not one expression')
  }
  return value
}

/**
 * Parses a text that must be one SELECT (or VALUES, or WITH … SELECT) and nothing else.
 *
 * @throws PgError syntax_error
 */
export function parseQuery(text: string): SelectStmt {
  return onlySelect(text)
}

function onlySelect(text: string): SelectStmt {
  const { statements } = parseStatements(text, MODEL_LIMITS)
  const [statement, ...others] = statements
  if (statement === undefined || others.length > 0 || !('SelectStmt' in statement.node)) {
    throw new PgError('syntax_error', 'this is not one SELECT')
  }
  return statement.node.SelectStmt
}
