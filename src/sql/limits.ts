import { PgError } from '../errors.js'

/** What is refused before the parser sees it, because its depth or size could bring the parser down. */
export interface SqlLimits {
  readonly sqlBytesMax: number
  /** Words, numbers, strings, names and signs: while they become a tree and a text again, nobody else is served. */
  readonly tokensMax: number
  /** Parentheses, brackets and CASE inside one another. */
  readonly nestingMax: number
  /** Operators and the keywords that nest like them. */
  readonly operatorsMax: number
  /** Comments that begin with a slash and a star; the parser reads what looks like an operator behind each of them again. */
  readonly commentsMax: number
  /** Tables and subqueries in FROM, in all of a statement: each is resolved against those before it. */
  readonly relationsMax: number
  /** Entries of one list of GROUP BY, ORDER BY, DISTINCT ON, WINDOW or WITH, or of one select list. */
  readonly entriesMax: number
}

export const DEFAULT_SQL_LIMITS: SqlLimits = {
  sqlBytesMax: 262_144,
  tokensMax: 90_000,
  nestingMax: 64,
  operatorsMax: 2_000,
  commentsMax: 500,
  relationsMax: 250,
  entriesMax: 1_664,
}

/** Words that make the tree deeper without a parenthesis. */
const DEEPENING = new Set(
  'and or not union intersect except join is in like ilike similar between collate at over filter with escape isnull notnull'.split(
    ' ',
  ),
)

const TOKEN =
  /(?<skip>\s+|--[^\r\n]*)|(?<comment>\/\*)|(?<dollar>\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$)|(?<escape>[eE]'(?:[^'\\]|''|\\[\s\S])*'?)|(?<string>'(?:[^']|'')*'?)|(?<quoted>"(?:[^"]|"")*"?)|(?<word>[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*)|(?<number>[0-9][0-9a-zA-Z_.]*)|(?<open>[([])|(?<close>[)\]])|(?<operator>[-+*/<>=~!@#%^&|`?:.]+)|(?<other>[\s\S])/gy

/**
 * Refuses a text that is too long or too deep. Counts by a rough lexer, which may count too much but never too little.
 *
 * @throws PgError program_limit_exceeded, statement_too_complex, character_not_in_repertoire
 */
export function checkLimits(sql: string, limits: SqlLimits): void {
  const bytes = Buffer.byteLength(sql, 'utf8')
  if (bytes > limits.sqlBytesMax) {
    throw new PgError(
      'program_limit_exceeded',
      `the statement is ${bytes} bytes long, more than the ${limits.sqlBytesMax} that are allowed`,
      {
        hint: 'Pass long lists as one array parameter, or ask whoever runs the gateway to raise ROWGATE_SQL_BYTES_MAX.',
      },
    )
  }
  if (sql.includes('\0'))
    throw new PgError('character_not_in_repertoire', 'invalid byte sequence for encoding "UTF8": 0x00')
  if (!sql.isWellFormed())
    throw new PgError('character_not_in_repertoire', 'invalid byte sequence for encoding "UTF8"')
  // Most statements are too short to be deep.
  if (sql.length <= limits.nestingMax) return
  countTokens(sql, limits)
}

function countTokens(sql: string, limits: SqlLimits): void {
  let tokens = 0
  let depth = 0
  let operators = 0
  let comments = 0
  let previous = ''
  const openComment = (position: number): void => {
    comments += 1
    if (comments <= limits.commentsMax) return
    throw new PgError('statement_too_complex', `the statement has more than ${limits.commentsMax} comments`, {
      position,
    })
  }
  TOKEN.lastIndex = 0
  for (let match = TOKEN.exec(sql); match !== null; match = TOKEN.exec(sql)) {
    const groups = match.groups ?? {}
    const text = match[0]
    if (groups['skip'] !== undefined) continue
    tokens += 1
    if (tokens > limits.tokensMax)
      throw new PgError('statement_too_complex', `the statement has more than ${limits.tokensMax} tokens`, {
        position: match.index + 1,
        hint: 'Pass long lists as one array parameter.',
      })
    if (groups['comment'] !== undefined) {
      openComment(match.index + 1)
      TOKEN.lastIndex = commentEnd(sql, TOKEN.lastIndex, openComment)
    } else if (groups['dollar'] !== undefined) {
      const end = sql.indexOf(text, TOKEN.lastIndex)
      TOKEN.lastIndex = end < 0 ? sql.length : end + text.length
    } else if (groups['open'] !== undefined) depth += 1
    else if (groups['close'] !== undefined) depth -= 1
    else if (groups['operator'] !== undefined) {
      // A sign in a list of constants deepens nothing.
      if (!((text === '-' || text === '+') && (previous === ',' || previous === '(')))
        operators += text.length > 2 ? text.length : 1
    } else if (groups['word'] !== undefined) {
      const word = text.toLowerCase()
      if (word === 'case') depth += 1
      else if (word === 'end') depth -= 1
      else if (DEEPENING.has(word)) operators += 1
    }
    previous = text
    if (depth > limits.nestingMax) {
      throw new PgError(
        'statement_too_complex',
        `the statement nests more than ${limits.nestingMax} levels deep`,
        {
          position: match.index + 1,
          hint: 'Use WITH queries instead of nesting.',
        },
      )
    }
    if (operators > limits.operatorsMax) {
      throw new PgError(
        'statement_too_complex',
        `the statement has more than ${limits.operatorsMax} operators`,
        {
          hint: 'Use IN or = ANY with a list instead of many comparisons.',
        },
      )
    }
  }
}

/** The end of a comment, which may hold others. */
function commentEnd(sql: string, start: number, openComment: (position: number) => void): number {
  const edge = /\/\*|\*\//g
  edge.lastIndex = start
  let depth = 1
  for (let match = edge.exec(sql); match !== null; match = edge.exec(sql)) {
    if (match[0] === '/*') openComment(match.index + 1)
    depth += match[0] === '/*' ? 1 : -1
    if (depth === 0) return edge.lastIndex
  }
  return sql.length
}

/** Lists whose entries are resolved against one another. */
const LISTS = new Set([
  'targetList',
  'groupClause',
  'sortClause',
  'distinctClause',
  'windowClause',
  'ctes',
  'content',
])
/** Nodes that are something to read from. */
const RELATIONS = new Set(['RangeVar', 'RangeSubselect', 'RangeFunction'])

/**
 * Refuses a parsed statement whose names would take long to resolve, while nobody else is served.
 *
 * @throws PgError statement_too_complex; too_many_columns for a select list that Postgres would refuse
 */
export function checkTree(node: unknown, limits: SqlLimits): void {
  let relations = 0
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const element of value) visit(element)
      return
    }
    if (value === null || typeof value !== 'object') return
    for (const [key, child] of Object.entries(value)) {
      if (RELATIONS.has(key)) relations += 1
      if (LISTS.has(key) && Array.isArray(child) && child.length > limits.entriesMax)
        throw tooLong(key, limits)
      visit(child)
    }
    if (relations > limits.relationsMax) {
      throw new PgError(
        'statement_too_complex',
        `the statement reads from more than ${limits.relationsMax} tables and subqueries`,
        { hint: 'Use several statements.' },
      )
    }
  }
  visit(node)
}

function tooLong(key: string, { entriesMax }: SqlLimits): PgError {
  if (key === 'targetList')
    return new PgError('too_many_columns', `target lists can have at most ${entriesMax} entries`)
  return new PgError('statement_too_complex', `a list of the statement has more than ${entriesMax} entries`, {
    hint: 'Use fewer expressions in GROUP BY, ORDER BY and WITH.',
  })
}
