import { type Diagnostic, PgError } from '../errors.js'
import type { Node, SelectStmt } from '../sql/tree.js'
import type { Definition } from './definition.js'
import { compileQuery, type FragmentScope } from './fragment.js'
import { CUBE_KEYS, isPublic, readProperties } from './keys.js'
import { containsMarker } from './marker.js'
import { createMemberCompiler } from './member.js'
import { namedEntries } from './merge.js'
import type { ClaimUse, Cube, Join, Member } from './model.js'
import { compilePolicies } from './policy.js'
import { MemberProblem } from './problem.js'
import { type ReferenceTable, referencePath } from './reference.js'

export interface CubeCompiler {
  compile(definition: Definition): Cube
}

type Report = (diagnostic: Diagnostic) => void

/** Compiles cubes one by one; problems are reported, and what is returned then is not to be used. */
export function createCubeCompiler(
  definitions: readonly Definition[],
  table: ReferenceTable,
  report: Report,
): CubeCompiler {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]))
  return {
    compile(definition) {
      const properties = readProperties(definition.body, CUBE_KEYS, { definition, path: [], report })
      const claimUses: ClaimUse[] = []
      const scope = (joined: Set<string>): FragmentScope => ({
        table,
        cube: definition.name,
        isCube: (name) => byName.has(name),
        joins: (cube) => joined.add(cube),
        member: (path) => members.reference(path, joined),
        cubeQuery: (name) => queryOf(byName.get(name), table, claimUses),
        addClaim(use) {
          claimUses.push(use)
          return claimUses.length - 1
        },
      })
      const members = createMemberCompiler({ definition, byName, table, report, scope })
      const at = (path: readonly (string | number)[], problem: unknown): void => {
        report({ file: definition.file, line: definition.lineOf(path), column: 0, ...describe(problem) })
      }
      const base = attempt(
        () => compileBase(definition, properties, scope(new Set())),
        (problem) => at(['sql'], problem),
      )
      const compiled = members.all()
      const joins = compileJoins(definition, properties.get('joins'), scope, at)
      reachable(compiled, joins, byName, at)
      return {
        name: definition.name,
        title: text(properties.get('title')),
        description: text(properties.get('description')),
        public: isPublic(properties),
        base: base ?? { RangeVar: { relname: definition.name } },
        members: compiled,
        joins,
        policies: properties.has('accessPolicy')
          ? compilePolicies(properties.get('accessPolicy'), {
              definition,
              cube: definition.name,
              members: [...compiled.keys()],
              table,
              report,
            })
          : undefined,
        claimUses,
        source: { file: definition.file, line: definition.line },
      }
    },
  }
}

export function text(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value)
}

/** What a thrown problem says to whoever wrote the model. */
export function describe(problem: unknown): { readonly message: string; readonly fix: string } {
  if (problem instanceof MemberProblem) return { message: problem.message, fix: problem.fix }
  if (problem instanceof PgError)
    return { message: problem.message, fix: problem.hint ?? 'Mend the SQL of this line.' }
  return { message: problem instanceof Error ? problem.message : String(problem), fix: 'Mend this line.' }
}

export function attempt<T>(work: () => T, onProblem: (problem: unknown) => void): T | undefined {
  try {
    return work()
  } catch (problem) {
    onProblem(problem)
    return undefined
  }
}

function compileBase(
  definition: Definition,
  properties: ReadonlyMap<string, unknown>,
  scope: FragmentScope,
): Node {
  const alias = { aliasname: definition.name }
  const [table, query] = [properties.get('sqlTable'), properties.get('sql')]
  if (table === undefined && query === undefined) {
    throw new MemberProblem(
      `the cube "${definition.name}" has no sql`,
      'Write sql_table: schema.table, or sql: SELECT ….',
    )
  }
  const select = compileQuery(table === undefined ? String(query) : `SELECT * FROM ${String(table)}`, scope)
  const plain = wholeTable(select)
  if (table !== undefined && plain === undefined)
    throw new MemberProblem('sql_table must be the name of one table', 'Use sql for a query.')
  return plain === undefined
    ? { RangeSubselect: { subquery: { SelectStmt: select }, alias } }
    : { RangeVar: { ...plain, alias } }
}

/** The table of `SELECT * FROM table`: standing for itself it plans better than as a subquery. */
function wholeTable(select: SelectStmt): Extract<Node, { RangeVar: unknown }>['RangeVar'] | undefined {
  const { targetList, fromClause, limitOption: _limit, op: _op, ...rest } = select
  const [from, ...others] = fromClause ?? []
  const [target, ...more] = targetList ?? []
  if (Object.keys(rest).length > 0 || others.length > 0 || more.length > 0) return undefined
  if (from === undefined || !('RangeVar' in from) || from.RangeVar.alias !== undefined) return undefined
  const value = target !== undefined && 'ResTarget' in target ? target.ResTarget.val : undefined
  const fields = value !== undefined && 'ColumnRef' in value ? (value.ColumnRef.fields ?? []) : []
  return fields.length === 1 && fields[0] !== undefined && 'A_Star' in fields[0] ? from.RangeVar : undefined
}

function queryOf(
  definition: Definition | undefined,
  table: ReferenceTable,
  claimUses: ClaimUse[],
): SelectStmt {
  if (definition === undefined) throw new PgError('undefined_table', 'sql() of a cube that does not exist')
  const sqlTable = definition.body['sqlTable'] ?? definition.body['sql_table']
  const sql = sqlTable === undefined ? String(definition.body['sql']) : `SELECT * FROM ${String(sqlTable)}`
  if (!containsMarker(sql)) return compileQuery(sql, emptyScope(definition.name, table))
  const scope: FragmentScope = {
    ...emptyScope(definition.name, table),
    addClaim(use) {
      claimUses.push(use)
      return claimUses.length - 1
    },
  }
  return compileQuery(sql, scope)
}

function emptyScope(cube: string, table: ReferenceTable): FragmentScope {
  const refuse = (): never => {
    throw new PgError(
      'feature_not_supported',
      `sql() of "${cube}" refers to members, which is not supported here`,
    )
  }
  return {
    table,
    cube,
    isCube: (name) => name === cube,
    joins: refuse,
    member: refuse,
    cubeQuery: refuse,
    addClaim: refuse,
  }
}

const RELATIONSHIPS: Readonly<Record<string, Join['relationship']>> = {
  one_to_one: 'one_to_one',
  one_to_many: 'one_to_many',
  many_to_one: 'many_to_one',
  hasOne: 'one_to_one',
  hasMany: 'one_to_many',
  belongsTo: 'many_to_one',
  has_one: 'one_to_one',
  has_many: 'one_to_many',
  belongs_to: 'many_to_one',
}

function compileJoins(
  definition: Definition,
  value: unknown,
  scope: (joined: Set<string>) => FragmentScope,
  at: (path: readonly (string | number)[], problem: unknown) => void,
): readonly Join[] {
  return namedEntries(value).flatMap(([name, body]) => {
    const path = ['joins', name]
    const relationship =
      RELATIONSHIPS[String(referencePath(body['relationship'])?.[0] ?? body['relationship'])]
    if (relationship === undefined) {
      at(
        path,
        new MemberProblem(
          `the join to "${name}" has no relationship that is known`,
          'Use one_to_one, one_to_many or many_to_one.',
        ),
      )
      return []
    }
    if (!scope(new Set()).isCube(name)) {
      at(
        path,
        new MemberProblem(
          `the join leads to "${name}", which is no cube of this model`,
          'Name a cube of this model.',
        ),
      )
      return []
    }
    const condition = attempt(
      () => createJoinCondition(String(body['sql'] ?? ''), scope),
      (problem) => at([...path, 'sql'], problem),
    )
    return condition === undefined ? [] : [{ cube: name, relationship, condition }]
  })

  function createJoinCondition(sql: string, makeScope: (joined: Set<string>) => FragmentScope): Node {
    if (sql === '')
      throw new MemberProblem(
        `a join of "${definition.name}" has no sql`,
        'Write sql: `${CUBE}.other_id = ${Other}.id`.',
      )
    return compileJoin(sql, makeScope(new Set()))
  }
}

function compileJoin(sql: string, scope: FragmentScope): Node {
  const where = compileQuery(`SELECT 1 WHERE ${sql}`, scope).whereClause
  if (where === undefined) throw new PgError('syntax_error', 'a join without a condition')
  return where
}

/** Members may read other cubes only along joins that do not multiply rows. */
function reachable(
  members: ReadonlyMap<string, Member>,
  joins: readonly Join[],
  byName: ReadonlyMap<string, Definition>,
  at: (path: readonly (string | number)[], problem: unknown) => void,
): void {
  for (const member of members.values()) {
    for (const cube of member.joinedCubes) {
      if (!byName.has(cube)) continue
      const direct = joins.find((join) => join.cube === cube)
      if (direct?.relationship === 'one_to_many') {
        at(
          [`${member.kind}s`, member.name],
          new MemberProblem(
            `"${member.name}" reads "${cube}", of which each row has many`,
            `Declare it in "${cube}", or aggregate "${cube}" in the cube's sql.`,
          ),
        )
      }
      if (direct === undefined && !hasPath(joins, cube, byName)) {
        at(
          [`${member.kind}s`, member.name],
          new MemberProblem(
            `"${member.name}" reads "${cube}", to which no join leads`,
            `Declare a join to "${cube}".`,
          ),
        )
      }
    }
  }
}

function hasPath(joins: readonly Join[], target: string, byName: ReadonlyMap<string, Definition>): boolean {
  const toOne = (relationship: unknown): boolean => RELATIONSHIPS[String(relationship)] !== 'one_to_many'
  const queue = joins.filter((join) => join.relationship !== 'one_to_many').map((join) => join.cube)
  const seen = new Set<string>()
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (next === target) return true
    if (seen.has(next)) continue
    seen.add(next)
    for (const [name, body] of namedEntries(byName.get(next)?.body['joins']))
      if (toOne(body['relationship'])) queue.push(name)
  }
  return false
}
