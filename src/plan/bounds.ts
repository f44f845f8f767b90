import { PgError } from '../errors.js'
import type { FuncCall, Node } from '../sql/tree.js'
import { isBoundedSeries, SERIES_ROWS_MAX } from './bounded-series.js'
import { constantNumber, constantText } from './constant.js'
import { TEXT_SEARCH_CONFIGURATIONS } from './function-list.js'
import { namesOf } from './node.js'

/** Characters that a padded, repeated or formatted text may have, and elements of a filled array. */
export const TEXT_LENGTH_MAX = 10_000
/** Characters that calls inside one another may make of a text that is written out. */
const NESTED_LENGTH_MAX = 1_000_000

interface Bound {
  readonly isKept: (args: readonly Node[]) => boolean
  /** What the function needs, after its name and "needs". */
  readonly needed: string
  readonly hint: string
}

const LENGTH: Bound = {
  isKept: (args) => isShort(args[1]),
  needed: 'a length written as a constant here',
  hint: `At most ${TEXT_LENGTH_MAX} characters, and ${NESTED_LENGTH_MAX} where such calls stand inside one another.`,
}

const REPLACED: Bound = {
  isKept: ([text, , replacement]) => isShortProduct(text, replacement),
  needed: 'a shorter text or replacement',
  hint: `What the texts that are written out can grow to may be ${NESTED_LENGTH_MAX} characters.`,
}

const SEPARATED: Bound = {
  ...REPLACED,
  isKept: ([parts, separator]) => isShortProduct(parts, separator),
  needed: 'fewer parts or a shorter separator',
}

/** The functions behind casts take a length as their second argument: pg_catalog.bpchar(value, length, explicit). */
const CAST: Bound = {
  isKept: (args) => args.length < 2 || isShort(args[1]),
  needed: 'a length written as a constant here',
  hint: 'Write the cast: value::char(10).',
}

const isConfiguration = (node: Node | undefined): boolean =>
  TEXT_SEARCH_CONFIGURATIONS.has(constantText(node)?.replace(/^pg_catalog\./, '') ?? '')

/**
 * A text without a type becomes a configuration wherever one may stand, and whether Postgres finds it tells which schemas and
 * configurations there are.
 */
const configuration = (argumentCount: number): Bound => ({
  isKept: (args) => args.length < argumentCount || isConfiguration(args[0]),
  needed: 'a text search configuration of Postgres’ own, written as a constant',
  hint: `Those are: ${[...TEXT_SEARCH_CONFIGURATIONS].join(', ')}.`,
})

const BOUNDS: ReadonlyMap<string, Bound> = new Map([
  [
    'repeat',
    {
      ...LENGTH,
      isKept: ([text, count]) =>
        isShort(count) && nestedLength(text) * atLeastOne(constantNumber(count)) <= NESTED_LENGTH_MAX,
    },
  ],
  ['lpad', LENGTH],
  ['rpad', LENGTH],
  ['replace', REPLACED],
  ['regexp_replace', REPLACED],
  ['array_to_string', SEPARATED],
  ['concat_ws', { ...SEPARATED, isKept: ([separator, ...parts]) => isShortProduct(separator, parts) }],
  ['bpchar', CAST],
  ['varchar', CAST],
  ['bit', CAST],
  ['varbit', CAST],
  [
    'format',
    {
      isKept: ([format]) => isBoundedFormat(constantText(format)),
      needed: 'a format with plain widths written as constants here',
      hint: `Widths may be at most ${TEXT_LENGTH_MAX}.`,
    },
  ],
  [
    'array_fill',
    {
      isKept: ([, lengths]) => (filledLength(lengths) ?? Number.POSITIVE_INFINITY) <= TEXT_LENGTH_MAX,
      needed: 'lengths written as constants here',
      hint: `At most ${TEXT_LENGTH_MAX} elements: array_fill(0, ARRAY[10]).`,
    },
  ],
  [
    'generate_series',
    {
      isKept: isBoundedSeries,
      needed: 'bounds written as constants here',
      hint: `At most ${SERIES_ROWS_MAX} rows; dates and timestamps need a constant interval as step.`,
    },
  ],
  ['to_tsvector', configuration(2)],
  ['to_tsquery', configuration(2)],
  ['plainto_tsquery', configuration(2)],
  ['phraseto_tsquery', configuration(2)],
  ['websearch_to_tsquery', configuration(2)],
  ['json_to_tsvector', configuration(3)],
  ['jsonb_to_tsvector', configuration(3)],
  [
    'ts_headline',
    {
      ...configuration(3),
      // (document, query, options) and (configuration, document, query [, options]): a number or an open text may be a configuration.
      isKept: (args) =>
        args.length < 3 || isConfiguration(args[0]) || (args.length === 3 && isCastToDocument(args[0])),
      hint: "Write a configuration first, as in 'english', or cast the document: ts_headline(document::text, query, options).",
    },
  ],
])

/**
 * Checks the arguments of a function that could make much of little, or that looks up a name.
 *
 * @throws PgError insufficient_privilege
 */
export function checkBounds(name: string, args: readonly Node[], position: number | undefined): void {
  const bound = BOUNDS.get(name)
  if (bound === undefined) return
  if (args.some((arg) => 'NamedArgExpr' in arg)) {
    throw new PgError('insufficient_privilege', `${name} takes its arguments by position here`, {
      position,
      hint: 'Write them in order, without their names.',
    })
  }
  if (bound.isKept(args)) return
  throw new PgError('insufficient_privilege', `${name} needs ${bound.needed}`, { position, hint: bound.hint })
}

function isShort(node: Node | undefined): boolean {
  const length = constantNumber(node)
  return length !== undefined && length <= TEXT_LENGTH_MAX
}

const DOCUMENTS = new Set(['text', 'json', 'jsonb'])

function isCastToDocument(node: Node | undefined): boolean {
  if (node === undefined || !('TypeCast' in node)) return false
  const { names, arrayBounds } = node.TypeCast.typeName ?? {}
  return (arrayBounds ?? []).length === 0 && DOCUMENTS.has(namesOf(names).at(-1) ?? '')
}

/** No width that is taken from an argument (`%*s`), and none that is large, one by one or together. */
function isBoundedFormat(format: string | undefined): boolean {
  if (format === undefined) return false
  const specifiers = format.match(/%[^%a-zA-Z]*/g) ?? []
  const widths = specifiers.flatMap((specifier) => (specifier.match(/\d+/g) ?? []).map(Number))
  return (
    specifiers.every((specifier) => !specifier.includes('*')) &&
    widths.every((width) => width <= TEXT_LENGTH_MAX) &&
    widths.reduce((sum, width) => sum + width, 0) <= NESTED_LENGTH_MAX
  )
}

/** How many elements an array of these lengths has. */
function filledLength(node: Node | undefined): number | undefined {
  if (node === undefined || !('A_ArrayExpr' in node)) return undefined
  const lengths = (node.A_ArrayExpr.elements ?? []).map(constantNumber)
  if (lengths.includes(undefined)) return undefined
  return lengths.reduce<number>((product, length) => product * atLeastOne(length), 1)
}

const atLeastOne = (length: number | undefined): number => Math.max(1, length ?? 1)

function isShortProduct(one: unknown, other: unknown): boolean {
  return nestedLength(one) * nestedLength(other) <= NESTED_LENGTH_MAX
}

/** About how many characters or elements the calls and constants inside an expression make; a column counts as one. */
function nestedLength(node: unknown): number {
  if (node === null || typeof node !== 'object') return 1
  if (Array.isArray(node)) return atLeastOne(node.reduce<number>((sum, part) => sum + nestedLength(part), 0))
  if ('FuncCall' in node) return calledLength((node as Extract<Node, { FuncCall: unknown }>).FuncCall)
  const text = constantText(node as Node)
  return text === undefined ? Math.max(1, ...Object.values(node).map(nestedLength)) : atLeastOne(text.length)
}

function calledLength({ funcname, args = [] }: FuncCall): number {
  const [first, second, third] = args
  switch (namesOf(funcname).at(-1)) {
    case 'repeat':
      return nestedLength(first) * atLeastOne(constantNumber(second))
    case 'lpad':
    case 'rpad':
      return atLeastOne(constantNumber(second))
    case 'array_fill':
      return atLeastOne(filledLength(second))
    case 'array_to_string':
      return nestedLength(first) * nestedLength(second)
    case 'replace':
    case 'regexp_replace':
      return nestedLength(first) * nestedLength(third)
    default:
      return nestedLength(args)
  }
}
