import type { Diagnostic } from '../errors.js'
import type { Definition } from './definition.js'
import { camelCase, didYouMean, POLICY_KEYS, readProperties } from './keys.js'
import { containsMarker, parseMarker, replaceMarkers } from './marker.js'
import {
  FILTER_OPERATORS,
  type Filter,
  type FilterOperator,
  type FilterValue,
  type Policy,
  type PolicyCondition,
} from './model.js'
import { type ReferenceTable, referencePath } from './reference.js'

type Report = (line: number, message: string, fix: string) => void

interface PolicyPlace {
  readonly definition: Definition
  readonly cube: string
  /** Names of the cube's own members. */
  readonly members: readonly string[]
  readonly table: ReferenceTable
  readonly report: (diagnostic: Diagnostic) => void
}

/** The access policies of a cube. A policy with a problem is reported and never becomes a weaker one: the model does not compile. */
export function compilePolicies(value: unknown, place: PolicyPlace): readonly Policy[] {
  const report: Report = (line, message, fix) =>
    place.report({ file: place.definition.file, line, column: 0, message, fix })
  if (!Array.isArray(value)) {
    report(
      place.definition.lineOf(['accessPolicy']),
      'accessPolicy must be a list',
      'Write accessPolicy: [{ role: `*`, … }].',
    )
    return []
  }
  return value.map((entry: unknown, index) => compilePolicy(entry, index, place, report))
}

function compilePolicy(entry: unknown, index: number, place: PolicyPlace, report: Report): Policy {
  const { definition } = place
  const path = ['accessPolicy', index]
  const line = definition.lineOf(path)
  const properties = readProperties(record(entry), POLICY_KEYS, { definition, path, report: place.report })
  const groups = ['role', 'roles', 'group', 'groups'].flatMap((key) => texts(properties.get(key)))
  if (groups.length === 0)
    report(line, 'an access policy needs a group', 'Write role: `*` for everyone, or group: `name`.')
  // Read as nothing, each of these would allow more than was written.
  const [memberLevel, conditions] = [properties.get('memberLevel'), properties.get('conditions')]
  if (properties.has('memberLevel') && !isRecord(memberLevel))
    report(line, 'memberLevel must be an object', 'Write memberLevel: { includes: [ … ] }, or leave it out.')
  if (properties.has('conditions') && !Array.isArray(conditions))
    report(line, 'conditions must be a list', 'Write conditions: [{ if: securityContext.claim }].')
  const members = record(memberLevel)
  const memberKeys = Object.keys(members).map(camelCase)
  if (memberKeys.some((key) => key !== 'includes' && key !== 'excludes')) {
    report(line, 'memberLevel has an unknown key', 'It has "includes" and "excludes".')
  }
  const { includes, excludes } = members
  const unknown = (name: string): void => reportMember(name, place, line, report)
  return {
    groups,
    conditions: list(conditions).map((condition) => compileCondition(condition, line, place.table, report)),
    rows: properties.has('rowLevel')
      ? compileRows(properties.get('rowLevel'), place, line, report)
      : undefined,
    includes:
      excludes === '*'
        ? []
        : includes === undefined || includes === '*'
          ? '*'
          : memberNames(includes, place, unknown),
    excludes: excludes === '*' ? [] : memberNames(excludes, place, unknown),
    source: { file: definition.file, line },
  }
}

function compileCondition(
  value: unknown,
  line: number,
  table: ReferenceTable,
  report: Report,
): PolicyCondition {
  const condition = record(value)['if']
  const path = claimPath(condition, table)
  if (path !== undefined) return { kind: 'claim', path }
  if (typeof condition === 'function') {
    const holds = condition as (argument: unknown) => unknown
    return {
      kind: 'function',
      holds: (securityContext) => holds({ securityContext, security_context: securityContext }),
    }
  }
  report(
    line,
    'a condition of an access policy must name a claim or be a function',
    'Write if: securityContext.claim, or if: ({ securityContext }) => …; anything else is computed while the file loads, when there is no user.',
  )
  return { kind: 'function', holds: () => false }
}

function compileRows(
  value: unknown,
  place: PolicyPlace,
  line: number,
  report: Report,
): readonly Filter[] | undefined {
  const rows = Object.fromEntries(
    Object.entries(record(value)).map(([key, inner]) => [camelCase(key), inner]),
  )
  for (const key of Object.keys(rows)) {
    if (key !== 'filters' && key !== 'allowAll')
      report(line, `rowLevel has the unknown key "${key}"`, 'It has "filters" and "allowAll".')
  }
  if (rows['allowAll'] === true && rows['filters'] === undefined) return undefined
  const filters = list(rows['filters'])
  if (filters.length === 0)
    report(line, 'rowLevel has no filters', 'Write filters, or allowAll: true to show every row.')
  return filters.map((filter) => compileFilter(filter, place, line, report))
}

function compileFilter(value: unknown, place: PolicyPlace, line: number, report: Report): Filter {
  const filter = record(value)
  if (['and', 'or', 'member'].filter((key) => filter[key] !== undefined).length > 1)
    report(
      line,
      'a row filter is "and", "or" or a member, not several of them',
      'Put them into one "and": [ … ].',
    )
  for (const kind of ['and', 'or'] as const) {
    if (filter[kind] === undefined) continue
    const filters = list(filter[kind])
    if (filters.length === 0) report(line, `an empty "${kind}" in a row filter`, 'Put filters into it.')
    return { kind, filters: filters.map((inner) => compileFilter(inner, place, line, report)) }
  }
  const member = memberName(filter['member'], place)
  if (member === undefined) report(line, 'a row filter needs a member', 'Write member: `name`.')
  else if (member.startsWith(`${place.cube}.`)) {
    const name = member.slice(place.cube.length + 1)
    if (!place.members.includes(name)) reportMember(name, place, line, report)
  }
  const operator = String(filter['operator'])
  if (!FILTER_OPERATORS.some((known) => known === operator)) {
    report(line, `unknown filter operator "${operator}"`, didYouMean(operator, FILTER_OPERATORS))
  }
  const values = filterValues(filter['values'], place.table)
  if (values === undefined)
    report(
      line,
      'values of a row filter must be texts, numbers, booleans or claims',
      'Write values: [securityContext.claim].',
    )
  if (filter['values'] === undefined && operator !== 'set' && operator !== 'notSet') {
    report(line, `the filter "${operator}" needs values`, 'Write values: [ … ].')
  }
  return { kind: 'member', member: member ?? '', operator: operator as FilterOperator, values: values ?? [] }
}

function filterValues(value: unknown, table: ReferenceTable): readonly FilterValue[] | undefined {
  const values =
    claimPath(value, table) === undefined && Array.isArray(value)
      ? (value as readonly unknown[])
      : value === undefined
        ? []
        : [value]
  const found = values.map((inner): FilterValue | undefined => {
    const path = claimPath(inner, table)
    if (path !== undefined) return { kind: 'claim', path }
    const constant =
      (typeof inner === 'string' && !containsMarker(inner)) ||
      typeof inner === 'number' ||
      typeof inner === 'bigint' ||
      typeof inner === 'boolean' ||
      inner === null
    return constant ? { kind: 'constant', value: inner } : undefined
  })
  return found.some((inner) => inner === undefined) ? undefined : found.filter((inner) => inner !== undefined)
}

/** The claim that a value names: a reference in JavaScript, `{ security_context.x }` in YAML. */
function claimPath(value: unknown, table: ReferenceTable): readonly string[] | undefined {
  const path = referencePath(value) ?? writtenPath(value, table) ?? yamlPath(value)
  const [root, ...rest] = path ?? []
  const known = root === 'securityContext' || root === 'security_context' || root === 'SECURITY_CONTEXT'
  return known && rest.length > 0 ? rest : undefined
}

/** The name that a template literal consists of, as in `${securityContext.region}`. */
function writtenPath(value: unknown, table: ReferenceTable): readonly string[] | undefined {
  const marker = typeof value === 'string' ? parseMarker(value) : undefined
  const reference = marker?.kind === 'ref' ? table.at(Number(marker.value)) : undefined
  return reference?.kind === 'name' && !reference.call ? reference.path : undefined
}

/** A text with the names that its template literal held, such as `${CUBE}.id`; undefined if it holds anything else. */
function namesWritten(text: string, table: ReferenceTable): string | undefined {
  const written = replaceMarkers(text, (marker) => {
    const reference = marker.kind === 'ref' ? table.at(Number(marker.value)) : undefined
    return reference?.kind === 'name' && !reference.call ? reference.path.join('.') : '\uE000'
  })
  return containsMarker(written) ? undefined : written
}

function yamlPath(value: unknown): readonly string[] | undefined {
  const match = typeof value === 'string' ? /^\{\s*([A-Za-z_]\w*(?:\.\w+)+)\s*\}$/.exec(value) : null
  return match?.[1]?.split('.')
}

/** `Cube.member` for a bare name, `CUBE.member`, `{CUBE.member}`, `${CUBE}.member` or a reference. */
function memberName(value: unknown, { cube, table }: PolicyPlace): string | undefined {
  const text = typeof value === 'string' ? namesWritten(value, table) : undefined
  const path = referencePath(value) ?? yamlPath(value) ?? text?.split('.')
  if (path === undefined || path.length > 2 || path.some((part) => part === '')) return undefined
  const [first = '', second] = path
  if (second === undefined) return `${cube}.${first}`
  return `${first === 'CUBE' ? cube : first}.${second}`
}

/** Members that an includes or excludes names, without their cube. */
function memberNames(
  value: unknown,
  { cube, members, table }: PolicyPlace,
  unknown: (name: string) => void,
): readonly string[] {
  return texts(value).map((text) => {
    const written = namesWritten(text, table) ?? text
    const own = written.startsWith(`${cube}.`) || written.startsWith('CUBE.')
    const name = own ? written.slice(written.indexOf('.') + 1) : written
    if (!members.includes(name)) unknown(name)
    return name
  })
}

/** A misspelt name would hide nothing, or show nothing. */
function reportMember(name: string, { cube, members }: PolicyPlace, line: number, report: Report): void {
  report(
    line,
    `"${name}" in an access policy is no member of "${cube}"`,
    members.length === 0 ? 'Name a member.' : didYouMean(name, members),
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : []
}

/** A text, a reference's name, or a list of these. */
function texts(value: unknown): readonly string[] {
  if (value === undefined || value === null) return []
  const path = referencePath(value)
  if (path !== undefined) return [path.at(-1) ?? '']
  if (Array.isArray(value)) return value.flatMap(texts)
  return [String(value)]
}
