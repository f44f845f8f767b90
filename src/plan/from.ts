import { PgError } from '../errors.js'
import type { Cube, Member } from '../model/model.js'
import { columnName } from '../sql/column-name.js'
import type { JoinExpr, Node, RangeFunction, RangeSubselect, RangeVar } from '../sql/tree.js'
import type { Analyser, Cte, ExpressionPlace, OutputColumn, Place } from './analysis.js'
import { functionColumns } from './function-columns.js'
import { sameName } from './identifier.js'
import { conjuncts, namesOf } from './node.js'
import type { Column, NamespaceEntry, RangeItem } from './scope.js'
import type { CubeUse } from './use.js'

/** A FROM clause, or a part of one. */
export interface FromPart {
  readonly entries: readonly NamespaceEntry[]
  readonly items: readonly RangeItem[]
  readonly conditions: readonly JoinCondition[]
}

/** What one join demands of the rows that it pairs. */
export interface JoinCondition {
  readonly type: 'inner' | 'left' | 'right' | 'full'
  readonly left: readonly RangeItem[]
  readonly right: readonly RangeItem[]
  readonly on: Node | undefined
  /** Columns that USING or NATURAL made one of. */
  readonly merged: readonly Column[]
}

const NOTHING: FromPart = { entries: [], items: [], conditions: [] }

/** Analyses a whole FROM list; each entry sees the ones before it only if it is LATERAL. */
export function analyseFrom(analyser: Analyser, nodes: readonly Node[], place: ExpressionPlace): FromPart {
  let part = NOTHING
  for (const node of nodes) {
    const next = analyseFromItem(analyser, node, place, part.entries)
    part = {
      entries: [...part.entries, ...next.entries],
      items: [...part.items, ...next.items],
      conditions: [...part.conditions, ...next.conditions],
    }
    refuseDuplicates(part.entries)
  }
  return part
}

function analyseFromItem(
  analyser: Analyser,
  node: Node,
  place: ExpressionPlace,
  lateral: readonly NamespaceEntry[],
): FromPart {
  if ('RangeVar' in node) return leaf(analyseTable(analyser, node.RangeVar, place))
  if ('RangeSubselect' in node) return leaf(analyseSubselect(analyser, node.RangeSubselect, place, lateral))
  if ('RangeFunction' in node) return leaf(analyseFunction(analyser, node.RangeFunction, place, lateral))
  if ('JoinExpr' in node) return analyseJoin(analyser, node.JoinExpr, place, lateral)
  throw new PgError('feature_not_supported', 'this kind of FROM item is not supported', {
    hint: 'Use tables, subqueries, functions and joins.',
  })
}

function leaf(found: { item: RangeItem; schema?: string | undefined }): FromPart {
  const entry: NamespaceEntry = {
    name: found.item.name,
    schema: found.schema,
    columns: found.item.columns,
    items: [found.item],
    qualified: true,
    unqualified: true,
  }
  return { ...NOTHING, entries: [entry], items: [found.item] }
}

function analyseTable(
  analyser: Analyser,
  reference: RangeVar,
  place: Place,
): { item: RangeItem; schema?: string | undefined } {
  const name = reference.alias?.aliasname ?? reference.relname ?? ''
  const cte = reference.schemaname === undefined ? findCte(place, reference.relname ?? '') : undefined
  if (cte !== undefined) {
    analyser.analysis.cteReferences.add(reference)
    const output = cte.output(analyser.at(reference.location))
    return { item: derivedItem(name, output.columns, output.keys, namesOf(reference.alias?.colnames)) }
  }
  const table = analyser.table(reference)
  const use: CubeUse = {
    table,
    alias: name,
    members: new Set(),
    wholeRow: false,
    parts: new Set(),
    calculated: new Set(),
    conditions: [],
  }
  analyser.analysis.uses.push(use)
  analyser.analysis.cubes.set(reference, use)
  const renamed = namesOf(reference.alias?.colnames)
  // Renaming goes by position, so every column must stand in its place.
  if (renamed.length > 0) use.wholeRow = true
  const columns: Column[] = []
  const keys: string[][] = []
  const item: RangeItem = { name, columns, keys, use }
  table.columns.forEach((member, index) => {
    const columnName = renamed[index] ?? member.name
    columns.push({
      name: columnName,
      items: [item],
      sources: [{ use, member }],
      measure: member.kind === 'measure' ? member : undefined,
      origin: { cube: table.cube.name, columnNumber: index + 1, member },
    })
  })
  const key = primaryKey(table.cube)
  const visible = key.map((member) => columns[table.columns.indexOf(member)]?.name)
  // A key of which a part is hidden is no key of what can be seen.
  if (key.length > 0 && visible.every((column) => column !== undefined)) keys.push(visible)
  return { item, schema: reference.alias === undefined ? 'public' : undefined }
}

function primaryKey(cube: Cube): readonly Member[] {
  return [...cube.members.values()].filter((member) => member.kind === 'dimension' && member.primaryKey)
}

function findCte(place: Place, name: string): Cte | undefined {
  for (let level = place.ctes; level !== undefined; level = level.parent) {
    const found = level.ctes.find((cte) => cte.name === name)
    if (found !== undefined) return found
  }
  return undefined
}

function derivedItem(
  name: string | undefined,
  output: readonly OutputColumn[],
  keys: RangeItem['keys'],
  renamed: readonly string[],
): RangeItem {
  const columns: Column[] = []
  const names = output.map((column, index) => renamed[index] ?? column.name)
  const original = output.map((column) => column.name)
  const item: RangeItem = {
    name,
    columns,
    keys: keys.map((key) => key.map((column) => names[original.indexOf(column)] ?? column)),
    use: undefined,
  }
  output.forEach((column, index) => {
    const { measure, origin } = column
    columns.push({ name: names[index] ?? column.name, items: [item], sources: [], measure, origin })
  })
  return item
}

function analyseSubselect(
  analyser: Analyser,
  node: RangeSubselect,
  place: Place,
  lateral: readonly NamespaceEntry[],
): { item: RangeItem } {
  const statement = node.subquery
  if (statement === undefined || !('SelectStmt' in statement)) {
    throw new PgError('feature_not_supported', 'only a SELECT may stand in FROM')
  }
  const scope = node.lateral ? { parent: place.scope, entries: lateral } : place.scope
  const output = analyser.select(statement.SelectStmt, { scope, ctes: place.ctes })
  return {
    item: derivedItem(node.alias?.aliasname, output.columns, output.keys, namesOf(node.alias?.colnames)),
  }
}

function analyseFunction(
  analyser: Analyser,
  node: RangeFunction,
  place: ExpressionPlace,
  lateral: readonly NamespaceEntry[],
): { item: RangeItem } {
  analyser.expression(node, {
    ...place,
    scope: { parent: place.scope, entries: lateral },
    aggregate: undefined,
  })
  const { columns, name } = functionColumns(node, columnName)
  const output = columns.map((column) => ({ name: column, measure: undefined, origin: undefined }))
  return { item: derivedItem(name, output, [], namesOf(node.alias?.colnames)) }
}

function analyseJoin(
  analyser: Analyser,
  join: JoinExpr,
  place: ExpressionPlace,
  lateral: readonly NamespaceEntry[],
): FromPart {
  if (join.larg === undefined || join.rarg === undefined)
    throw new PgError('syntax_error', 'a join needs two sides')
  const left = analyseFromItem(analyser, join.larg, place, lateral)
  const right = analyseFromItem(analyser, join.rarg, place, [...lateral, ...left.entries])
  refuseDuplicates([...left.entries, ...right.entries])
  const sides = [...left.entries, ...right.entries]
  if (join.quals !== undefined) {
    analyser.expression(join.quals, {
      ...place,
      scope: { parent: place.scope, entries: sides },
      aggregate: undefined,
    })
    analyser.analysis.early.conditions.push(...conjuncts(join.quals))
  }
  const merged = mergedColumns(analyser, join, left, right)
  const columns = [...merged.columns, ...unmerged(left, merged.names), ...unmerged(right, merged.names)]
  const items = [...left.items, ...right.items]
  const entry: NamespaceEntry = {
    name: join.alias?.aliasname,
    schema: undefined,
    columns: renamedColumns(columns, namesOf(join.alias?.colnames)),
    items,
    qualified: join.alias !== undefined,
    unqualified: true,
  }
  const usingAlias = join.join_using_alias?.aliasname
  const usingEntry: NamespaceEntry[] =
    usingAlias === undefined
      ? []
      : [
          {
            name: usingAlias,
            schema: undefined,
            columns: merged.columns,
            items,
            qualified: true,
            unqualified: false,
          },
        ]
  // An alias of the join hides the names of its sides.
  const visible = join.alias === undefined ? sides.map((side) => ({ ...side, unqualified: false })) : []
  return {
    entries: [...visible, ...usingEntry, entry],
    items,
    conditions: [
      ...left.conditions,
      ...right.conditions,
      { type: joinType(join), left: left.items, right: right.items, on: join.quals, merged: merged.columns },
    ],
  }
}

function joinType(join: JoinExpr): JoinCondition['type'] {
  switch (join.jointype) {
    case 'JOIN_LEFT':
      return 'left'
    case 'JOIN_RIGHT':
      return 'right'
    case 'JOIN_FULL':
      return 'full'
    default:
      return 'inner'
  }
}

function renamedColumns(columns: readonly Column[], renamed: readonly string[]): readonly Column[] {
  if (renamed.length === 0) return columns
  return columns.map((column, index) => ({ ...column, name: renamed[index] ?? column.name }))
}

function unqualifiedColumns(part: FromPart): readonly Column[] {
  return part.entries.filter((entry) => entry.unqualified).flatMap((entry) => entry.columns)
}

function unmerged(part: FromPart, names: readonly string[]): readonly Column[] {
  const merged = new Set(names)
  return unqualifiedColumns(part).filter((column) => !merged.has(column.name))
}

/** Columns that USING or NATURAL makes one of, and the equalities that they stand for. */
function mergedColumns(
  analyser: Analyser,
  join: JoinExpr,
  left: FromPart,
  right: FromPart,
): { names: readonly string[]; columns: readonly Column[] } {
  const leftColumns = unqualifiedColumns(left)
  const rightColumns = unqualifiedColumns(right)
  const rightNames = new Set(rightColumns.map((column) => column.name))
  const natural = join.isNatural
    ? leftColumns.map((column) => column.name).filter((name) => rightNames.has(name))
    : undefined
  const written = natural ?? namesOf(join.usingClause)
  const [lefts, rights] = [byName(leftColumns), byName(rightColumns)]
  const columns = written.map((name): Column => {
    const [a, b] = [usingColumn(lefts, name, 'left'), usingColumn(rights, name, 'right')]
    if (a.name !== b.name) {
      throw new PgError(
        'undefined_column',
        `column "${a.name}" specified in USING clause does not exist in right table`,
      )
    }
    for (const source of [...a.sources, ...b.sources]) source.use.members.add(source.member.name)
    analyser.analysis.early.merged.push([a, b])
    return {
      name: a.name,
      items: [...a.items, ...b.items],
      sources: [...a.sources, ...b.sources],
      measure: undefined,
      origin: undefined,
    }
  })
  const names = columns.map((column) => column.name)
  if (join.isNatural || join.usingClause !== undefined) analyser.analysis.naturalColumns.set(join, names)
  return { names, columns }
}

function byName(columns: readonly Column[]): ReadonlyMap<string, readonly Column[]> {
  const named = new Map<string, Column[]>()
  for (const column of columns) {
    const same = named.get(column.name)
    if (same === undefined) named.set(column.name, [column])
    else same.push(column)
  }
  return named
}

function usingColumn(
  named: ReadonlyMap<string, readonly Column[]>,
  name: string,
  side: 'left' | 'right',
): Column {
  for (const exact of [true, false]) {
    const found = exact
      ? (named.get(name) ?? [])
      : [...named].flatMap(([other, columns]) => (sameName(name, other, false) ? columns : []))
    if (found.length > 1) {
      throw new PgError(
        'ambiguous_column',
        `common column name "${name}" appears more than once in ${side} table`,
      )
    }
    if (found[0] !== undefined) return found[0]
  }
  throw new PgError(
    'undefined_column',
    `column "${name}" specified in USING clause does not exist in ${side} table`,
  )
}

function refuseDuplicates(entries: readonly NamespaceEntry[]): void {
  const seen = new Set<string>()
  for (const entry of entries) {
    if (!entry.qualified || entry.name === undefined) continue
    if (seen.has(entry.name)) {
      throw new PgError('duplicate_alias', `table name "${entry.name}" specified more than once`)
    }
    seen.add(entry.name)
  }
}
