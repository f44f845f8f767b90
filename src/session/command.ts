import { PgError } from '../errors.js'
import { printChecked } from '../sql/checked.js'
import type { CopyStmt, Node, SelectStmt } from '../sql/tree.js'
import { refusal } from './refusal.js'
import { findSetting } from './setting.js'
import { showColumns } from './setting-command.js'
import type { Command, SessionState } from './state.js'
import type { UpstreamStatement } from './upstream-statement.js'

type At = (location: number | undefined) => number | undefined

/**
 * What a parsed statement is to do: plans it if the upstream computes it, refuses it if it may not run.
 *
 * @param declaredOids types that the client declared for its parameters
 */
export async function createCommand(
  state: SessionState,
  node: Node,
  at: At,
  declaredOids: readonly number[],
): Promise<Command> {
  if ('SelectStmt' in node) {
    const { statement } = await state.planner.plan({
      select: node.SelectStmt,
      at,
      declaredOids,
      form: 'bind',
      cached: true,
    })
    return { kind: 'upstream', statement }
  }
  if ('DeclareCursorStmt' in node) {
    const { query } = node.DeclareCursorStmt
    const select = selectOf(query)
    const wrap = (rewritten: Node): Node => ({
      DeclareCursorStmt: { ...node.DeclareCursorStmt, query: rewritten },
    })
    const { statement } = await state.planner.plan({
      select,
      at,
      declaredOids,
      form: 'bind',
      cached: false,
      wrap,
    })
    return { kind: 'cursor', statement, node }
  }
  if ('CopyStmt' in node)
    return { kind: 'upstream', statement: await copyStatement(state, node.CopyStmt, at) }
  if ('FetchStmt' in node || 'ClosePortalStmt' in node)
    return { kind: 'cursor', statement: plainStatement(printChecked(node).text, at), node }
  if ('VariableShowStmt' in node) {
    const name = node.VariableShowStmt.name ?? ''
    if (findSetting(name)?.kind === 'upstream')
      return { kind: 'upstream', statement: plainStatement(`SHOW "${findSetting(name)?.name}"`, at) }
    return { kind: 'local', node, columns: showColumns(name) }
  }
  if ('ExplainStmt' in node) return { kind: 'local', node, columns: ['QUERY PLAN'] }
  if (isLocal(node)) return { kind: 'local', node, columns: undefined }
  throw refusal(node)
}

function isLocal(node: Node): boolean {
  return (
    'TransactionStmt' in node ||
    'VariableSetStmt' in node ||
    'DiscardStmt' in node ||
    'PrepareStmt' in node ||
    'DeallocateStmt' in node ||
    'UnlistenStmt' in node
  )
}

function selectOf(node: Node | undefined): SelectStmt {
  if (node !== undefined && 'SelectStmt' in node) return node.SelectStmt
  throw new PgError('feature_not_supported', 'only a SELECT can stand here')
}

/** A statement without parameters and claims, whose text the gateway made. */
function plainStatement(sql: string, at: At): UpstreamStatement {
  return {
    sql,
    positions: [],
    at,
    parameterOids: [],
    clientParameterCount: 0,
    claimValues: [],
    cached: false,
  }
}

async function copyStatement(state: SessionState, copy: CopyStmt, at: At): Promise<UpstreamStatement> {
  if (copy.is_from || copy.filename !== undefined || copy.is_program) {
    throw new PgError(
      copy.is_from ? 'read_only_sql_transaction' : 'insufficient_privilege',
      copy.is_from
        ? 'cannot execute COPY FROM in a read-only transaction'
        : 'COPY to a file or a program is not available through this gateway',
      {
        hint: 'Use COPY (SELECT …) TO STDOUT, in psql: \\copy (SELECT …) TO file.',
      },
    )
  }
  const select = copy.relation === undefined ? selectOf(copy.query) : tableSelect(copy)
  const options = (copy.options ?? []).map(copyOption)
  const wrap = (rewritten: Node): Node => ({
    CopyStmt: { query: rewritten, ...(options.length === 0 ? {} : { options }) },
  })
  // COPY is no statement that takes parameters, so claims stand in it as literals.
  const { statement } = await state.planner.plan({
    select,
    at,
    declaredOids: [],
    form: 'literal',
    cached: false,
    wrap,
  })
  if (statement.clientParameterCount > 0) throw new PgError('undefined_parameter', 'COPY takes no parameters')
  return statement
}

/** `COPY table (columns) TO STDOUT` reads what `SELECT columns FROM table` reads. */
function tableSelect(copy: CopyStmt): SelectStmt {
  const { relation, attlist } = copy
  if (relation === undefined) throw new PgError('syntax_error', 'COPY of nothing')
  const column = (fields: Node[]): Node => ({ ResTarget: { val: { ColumnRef: { fields } } } })
  return {
    targetList: attlist === undefined ? [column([{ A_Star: {} }])] : attlist.map((name) => column([name])),
    fromClause: [{ RangeVar: relation }],
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
  }
}

/** The older spelling of an option (`CSV HEADER`) as the newer one, in which it is printed. */
function copyOption(node: Node): Node {
  if (!('DefElem' in node)) return node
  const { defname, arg } = node.DefElem
  const value: Node | undefined =
    arg !== undefined && 'Boolean' in arg ? { String: { sval: arg.Boolean.boolval ? 'true' : 'false' } } : arg
  return {
    DefElem: {
      defname: defname ?? '',
      ...(value === undefined ? {} : { arg: value }),
      defaction: 'DEFELEM_UNSPEC',
    },
  }
}
