import type { SecurityContext } from './auth/context.js'
import { PgError } from './errors.js'
import type { Cube, Member, Model } from './model/model.js'
import { claimText } from './plan/claim-use.js'
import { isPlain, memberValue } from './plan/contribution.js'
import { type ClaimValues, instantiate } from './plan/instantiate.js'
import { findJoinPath } from './plan/join-path.js'
import { castNode, FALSE, namesOf, stringNode, targetNode } from './plan/node.js'
import { isReadAsText } from './plan/type-list.js'
import type { ColumnType, TypedCube, TypedModel } from './plan/typed-model.js'
import { printChecked } from './sql/checked.js'
import { quoteIdentifier, quoteLiteral } from './sql/print/output.js'
import type { Node, RangeVar } from './sql/tree.js'

/** Asks the upstream what a statement's columns and parameters are, without running it. */
export type Describe = (sql: string) => Promise<{
  readonly fields: readonly { readonly typeOid: number; readonly typeModifier: number }[]
  readonly parameterOids: readonly number[]
}>

/**
 * The columns that have a collation of their own, by name with its OID, of a table (or a partitioned one, or a materialized view) without virtual
 * columns, in a server whose planner is known to do nothing with it that the fences do not expect. Undefined for anything else.
 */
export type FindTable = (schema: string, name: string) => Promise<ReadonlyMap<string, number> | undefined>

/** What FindTable asks; no row for undefined. The versions are those over which test/e2e/fences.test.ts runs. */
export function findTableSql(schema: string, name: string): string {
  const relation = quoteLiteral(`${quoteIdentifier(schema)}.${quoteIdentifier(name)}`)
  return `SELECT a.attname, a.attcollation FROM pg_catalog.pg_class c
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND a.attcollation NOT IN (0, 100)
    WHERE c.oid = pg_catalog.to_regclass(${relation}) AND c.relkind IN ('r', 'p', 'm')
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute v WHERE v.attrelid = c.oid AND v.attgenerated = 'v')
    AND pg_catalog.current_setting('server_version_num')::pg_catalog.int4 BETWEEN 150000 AND 189999`
}

/** The rows that findTableSql gave, read. */
export function readTable(
  rows: readonly (readonly (string | null)[])[],
): ReadonlyMap<string, number> | undefined {
  const columns = rows.flatMap(([name, collation]): (readonly [string, number])[] =>
    typeof name === 'string' ? [[name, Number(collation)]] : [],
  )
  return rows.length === 0 ? undefined : new Map(columns)
}

export interface Probes {
  readonly describe: Describe
  readonly findTable: FindTable
}

/** Asks the upstream for the type of every member. A cube that fails is kept, marked with its problem. */
export async function typeModel(model: Model, context: SecurityContext, probes: Probes): Promise<TypedModel> {
  const cubes = new Map<string, TypedCube>()
  for (const cube of model.cubes.values()) cubes.set(cube.name, await typeCube(cube, model, context, probes))
  return { model, cubes }
}

async function typeCube(
  cube: Cube,
  model: Model,
  context: SecurityContext,
  { describe, findTable }: Probes,
): Promise<TypedCube> {
  const members = [...cube.members.values()]
  try {
    const names = members.map((member) => member.name)
    const { sql, numbers } = probeSql(cube, model, context, names)
    const { fields, parameterOids } = await describe(sql)
    const base = baseTable(cube, context)
    const table = base && (await findTable(base.schema, base.name))
    const columns = new Map<string, ColumnType>(
      members.map((member, index) => {
        const oid = fields[index]?.typeOid ?? 0
        const typeModifier = fields[index]?.typeModifier ?? -1
        return [
          member.name,
          { oid, typeModifier, castToText: isReadAsText(oid), collationOid: collationOf(member, table) },
        ]
      }),
    )
    return {
      columns,
      plainTable: table !== undefined,
      claimOids: cube.claimUses.map((_use, index) => parameterOids[(numbers.get(index) ?? 0) - 1] ?? 0),
      problem: undefined,
      refusal: undefined,
    }
  } catch (error) {
    const none = { columns: new Map<string, ColumnType>(), plainTable: false, claimOids: [] }
    if (error instanceof PgError && error.condition === 'insufficient_privilege')
      return { ...none, problem: undefined, refusal: error }
    return { ...none, problem: error instanceof Error ? error.message : String(error), refusal: undefined }
  }
}

function collationOf(member: Member, table: ReadonlyMap<string, number> | undefined): number {
  if (!isPlain(member) || member.kind === 'measure' || !('ColumnRef' in member.sql)) return 0
  return table?.get(namesOf(member.sql.ColumnRef.fields).at(-1) ?? '') ?? 0
}

/** The table that a cube's base is: named by it, or read by `SELECT * FROM table` and nothing more. */
function baseTable(
  cube: Cube,
  context: SecurityContext,
): { readonly schema: string; readonly name: string } | undefined {
  const base = instantiate(cube.base, probeClaims(cube, context, undefined))
  const relation = 'RangeVar' in base ? base.RangeVar : selectedTable(base)
  const { schemaname, relname } = relation ?? {}
  return schemaname === undefined || relname === undefined ? undefined : { schema: schemaname, name: relname }
}

const SELECT_STAR = new Set(['targetList', 'fromClause', 'limitOption', 'op'])

function selectedTable(base: Node): RangeVar | undefined {
  const query = 'RangeSubselect' in base ? base.RangeSubselect.subquery : undefined
  const select = query !== undefined && 'SelectStmt' in query ? query.SelectStmt : undefined
  if (select === undefined || Object.keys(select).some((key) => !SELECT_STAR.has(key))) return undefined
  const [from, ...otherFrom] = select.fromClause ?? []
  const [target, ...otherTargets] = select.targetList ?? []
  const value = target !== undefined && 'ResTarget' in target ? target.ResTarget.val : undefined
  const fields = value !== undefined && 'ColumnRef' in value ? (value.ColumnRef.fields ?? []) : []
  const star = fields.length === 1 && fields[0] !== undefined && 'A_Star' in fields[0]
  if (!star || otherFrom.length > 0 || otherTargets.length > 0) return undefined
  return from !== undefined && 'RangeVar' in from ? from.RangeVar : undefined
}

/** Which members of a cube fail by themselves, for `check`. */
export async function findMemberProblems(
  cube: Cube,
  model: Model,
  context: SecurityContext,
  describe: Describe,
): Promise<readonly { readonly member: string | undefined; readonly problem: string }[]> {
  const problems: { member: string | undefined; problem: string }[] = []
  const attempt = async (names: readonly string[]): Promise<string | undefined> => {
    try {
      await describe(probeSql(cube, model, context, names).sql)
      return undefined
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
  const base = await attempt([])
  if (base !== undefined) return [{ member: undefined, problem: base }]
  for (const member of cube.members.values()) {
    const problem = await attempt([member.name])
    if (problem !== undefined) problems.push({ member: member.name, problem })
  }
  return problems
}

/** All columns of a cube without its row rules; claims are parameters whose types the upstream is to infer. */
function probeSql(
  cube: Cube,
  model: Model,
  context: SecurityContext,
  names: readonly string[],
): { readonly sql: string; readonly numbers: ReadonlyMap<number, number> } {
  const numbers = new Map<number, number>()
  const claims = probeClaims(cube, context, numbers)
  const members = names.flatMap((name) => cube.members.get(name) ?? [])
  const joined = new Map(
    members
      .flatMap((member) => member.joinedCubes)
      .flatMap((name) => findJoinPath(model, cube.name, name) ?? [])
      .map((step) => [step.to, step] as const),
  )
  const from = [...joined.values()].reduce(
    (left: Node, step): Node => {
      const other = model.cubes.get(step.to)
      if (other === undefined) return left
      const rarg = instantiate(other.base, probeClaims(other, context, undefined))
      return {
        JoinExpr: { jointype: 'JOIN_LEFT', larg: left, rarg, quals: instantiate(step.condition, claims) },
      }
    },
    instantiate(cube.base, claims),
  )
  const targets = members.map((member) => targetNode(member.name, memberValue(cube, member, claims)))
  const { text } = printChecked({
    SelectStmt: {
      ...(targets.length === 0 ? {} : { targetList: targets }),
      fromClause: [from],
      whereClause: FALSE,
      limitOption: 'LIMIT_OPTION_DEFAULT',
      op: 'SETOP_NONE',
    },
  })
  return { sql: text, numbers }
}

/** @param numbers gets the parameter's number of each claim; undefined for another cube, whose types do not matter here */
function probeClaims(
  cube: Cube,
  context: SecurityContext,
  numbers: Map<number, number> | undefined,
): ClaimValues {
  return {
    node(index) {
      const use = cube.claimUses[index]
      if (use === undefined) throw new Error(`no claim use ${index}`)
      if (use.kind === 'unsafe') return castNode({ A_Const: { isnull: true } }, 'text')
      if (numbers === undefined)
        return use.kind === 'filter' ? FALSE : castNode({ A_Const: { isnull: true } }, 'text')
      const number = numbers.get(index) ?? numbers.size + 1
      numbers.set(index, number)
      const parameter: Node = { ParamRef: { number } }
      if (use.kind === 'value') return parameter
      return { A_Expr: { kind: 'AEXPR_OP', name: [stringNode('=')], lexpr: use.column, rexpr: parameter } }
    },
    text(index) {
      const use = cube.claimUses[index]
      if (use === undefined) throw new Error(`no claim use ${index}`)
      return claimText(use, context)
    },
  }
}
