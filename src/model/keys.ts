import type { Diagnostic } from '../errors.js'
import { nearestWord } from '../sql/edit-distance.js'
import type { Definition } from './definition.js'

/** Keys of Cube's model, in camelCase. `used` mean something here; `ignored` change neither rows nor columns. */
interface KnownKeys {
  readonly used: readonly string[]
  readonly ignored: readonly string[]
  /** Known to Cube, and what a person should know about them here. */
  readonly unsupported: Readonly<Record<string, string>>
}

const NO_PRE_AGGREGATIONS = [
  'preAggregations',
  'refreshKey',
  'dataSource',
  'sqlAlias',
  'rewriteQueries',
  'calendar',
]

export const CUBE_KEYS: KnownKeys = {
  used: [
    'sql',
    'sqlTable',
    'title',
    'description',
    'public',
    'shown',
    'extends',
    'joins',
    'dimensions',
    'measures',
    'segments',
    'accessPolicy',
  ],
  ignored: [
    ...NO_PRE_AGGREGATIONS,
    'meta',
    'folders',
    'hierarchies',
    'contextMembers',
    'name',
    'drillMembers',
  ],
  unsupported: {},
}

export const DIMENSION_KEYS: KnownKeys = {
  used: [
    'sql',
    'type',
    'title',
    'description',
    'public',
    'shown',
    'primaryKey',
    'case',
    'latitude',
    'longitude',
    'name',
    'caseInsensitiveName',
  ],
  ignored: [
    'format',
    'meta',
    'granularities',
    'suggestFilterValues',
    'propagateFiltersToSubQuery',
    'aliases',
    'fieldType',
    'order',
    'key',
    'links',
    'currency',
    'primaryKeyShown',
  ],
  unsupported: {
    subQuery: "Write the value into the cube's own sql with a join or a subquery.",
    multiStage: 'Multi-stage dimensions are not supported yet; use WITH queries.',
    addGroupBy: 'Multi-stage dimensions are not supported yet; use WITH queries.',
  },
}

export const MEASURE_KEYS: KnownKeys = {
  used: ['sql', 'type', 'title', 'description', 'public', 'shown', 'filters', 'name'],
  ignored: ['format', 'meta', 'drillMembers', 'drillMemberReferences', 'aliases', 'currency'],
  unsupported: {
    rollingWindow: 'Use a window function in SQL: SUM(MEASURE(m)) OVER (ORDER BY … ROWS …).',
    multiStage: 'Multi-stage measures are not supported yet; aggregate in a WITH query.',
    timeShift: 'Time shifts are not supported yet; use LAG() over a grouped query.',
    cumulative: 'Use a window function in SQL.',
    grain: 'Use GROUP BY in SQL.',
    case: 'Case measures are not supported; use filters.',
    groupBy: 'Multi-stage measures are not supported yet; aggregate in a WITH query.',
    reduceBy: 'Multi-stage measures are not supported yet; aggregate in a WITH query.',
    addGroupBy: 'Multi-stage measures are not supported yet; aggregate in a WITH query.',
    orderBy: 'Multi-stage measures are not supported yet; aggregate in a WITH query.',
  },
}

export const SEGMENT_KEYS: KnownKeys = {
  used: ['sql', 'title', 'description', 'public', 'shown', 'name'],
  ignored: ['meta', 'aliases'],
  unsupported: {},
}

export const POLICY_KEYS: KnownKeys = {
  used: ['role', 'roles', 'group', 'groups', 'conditions', 'rowLevel', 'memberLevel'],
  ignored: ['meta', 'description'],
  unsupported: {
    memberMasking: 'Masked members are not supported yet; leave the member out with memberLevel.',
  },
}

export function camelCase(key: string): string {
  return key.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase())
}

/** The properties of one object of the model with keys in camelCase, and a Diagnostic for each key that means nothing here. */
export function readProperties(
  value: Readonly<Record<string, unknown>>,
  known: KnownKeys,
  place: {
    readonly definition: Definition
    readonly path: readonly (string | number)[]
    readonly report: (diagnostic: Diagnostic) => void
  },
): ReadonlyMap<string, unknown> {
  const properties = new Map<string, unknown>()
  for (const [written, inner] of Object.entries(value)) {
    const key = camelCase(written)
    if (properties.has(key))
      place.report({
        file: place.definition.file,
        line: place.definition.lineOf([...place.path, key]),
        column: 0,
        message: `"${written}" is written twice, in two spellings`,
        fix: 'Keep one of them.',
      })
    if (known.used.includes(key)) properties.set(key, inner)
    if (known.used.includes(key) || known.ignored.includes(key)) continue
    const unsupported = known.unsupported[key]
    const all = [...known.used, ...known.ignored]
    place.report({
      file: place.definition.file,
      line: place.definition.lineOf([...place.path, key]),
      column: 0,
      message: unsupported === undefined ? `unknown key "${written}"` : `"${written}" is not supported`,
      fix: unsupported ?? `Remove it. ${didYouMean(key, all)}`,
    })
  }
  return properties
}

/** Visible if nothing is said, or what is said is true. A claim that is not there says something else, and so does a name. */
export function isPublic(properties: ReadonlyMap<string, unknown>): boolean {
  return ['public', 'shown'].every((key) => {
    const value = properties.get(key)
    return !properties.has(key) || value === true || value === 'true'
  })
}

const WORDS_SHOWN_MAX = 30

/** What a misspelt word may have been meant as: the nearest of those that there are, or some of them. */
export function didYouMean(word: string, words: readonly string[]): string {
  const nearest = nearestWord(word, words)
  if (nearest !== undefined) return `Did you mean "${nearest}"?`
  const shown = words.slice(0, WORDS_SHOWN_MAX)
  return `Write one of: ${shown.join(', ')}${words.length > shown.length ? ' and others' : ''}.`
}
