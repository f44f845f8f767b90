import { PgError } from '../errors.js'
import { writtenSettings } from '../plan/route.js'
import type { At } from '../plan/scope.js'
import { dependenceOf, UNSTEADY } from '../plan/steady.js'
import { printChecked } from '../sql/checked.js'
import type { Statement } from '../sql/parse.js'
import type { CopyStmt, Node, SelectStmt } from '../sql/tree.js'
import { NO_READS } from './audit.js'
import { scrollOptions } from './cursor.js'
import { executeCommand } from './execute-command.js'
import { innerSource } from './inner-text.js'
import { refusal } from './refusal.js'
import { findSetting } from './setting.js'
import { isShownLocally, showColumns } from './setting-command.js'
import { AFTER_SLEEP_SQL, sleepMs } from './sleep.js'
import type { Command, SessionState, Source } from './state.js'
import type { UpstreamStatement } from './upstream-statement.js'

/**
 * What a parsed statement is to do: plans it if the upstream computes it, refuses it if it may not run.
 *
 * @param declaredOids types that the client declared for its parameters
 */
export async function createCommand(
  state: SessionState,
  { node, text, start }: Statement,
  at: At,
  declaredOids: readonly number[],
): Promise<Command> {
  const source = { text, start }
  if ('SelectStmt' in node) return selectCommand(state, node.SelectStmt, source, at, declaredOids)
  if ('DeclareCursorStmt' in node) return declareCommand(state, node, source, at, declaredOids)
  if ('CopyStmt' in node) return copyCommand(state, node.CopyStmt, source, at)
  if ('FetchStmt' in node || 'ClosePortalStmt' in node) {
    const { portalname = '' } = 'FetchStmt' in node ? node.FetchStmt : node.ClosePortalStmt
    if (state.catalogCursors.has(portalname)) return { kind: 'catalog-cursor', node, declared: undefined }
    return { kind: 'cursor', statement: plainStatement(printChecked(node).text, at), node }
  }
  if ('VariableShowStmt' in node)
    return showCommand(state, node.VariableShowStmt.name ?? '', node, source, at)
  if ('ExecuteStmt' in node) return executeCommand(state, node.ExecuteStmt, at)
  if ('ExplainStmt' in node) return { kind: 'local', node, columns: ['QUERY PLAN'], source }
  if (isLocal(node)) return { kind: 'local', node, columns: undefined, source }
  throw refusal(node)
}

async function selectCommand(
  state: SessionState,
  select: SelectStmt,
  { text, start }: Source,
  at: At,
  declaredOids: readonly number[],
): Promise<Command> {
  refuseInto(select)
  if (state.planner.route(select, at) === 'catalog') {
    const delayMs = sleepMs(select)
    const statement = {
      sql: delayMs === undefined ? text : AFTER_SLEEP_SQL,
      start,
      parameterOids: declaredOids,
      ...dependenceOf(select),
    }
    return { kind: 'catalog', statement, settings: writtenSettings(select), delayMs }
  }
  const planned = await state.planner.plan({ select, at, declaredOids, form: 'bind', cached: true })
  return { kind: 'upstream', statement: planned.statement }
}

/** SELECT INTO makes a table. */
function refuseInto(select: SelectStmt): void {
  if (select.intoClause === undefined) return
  throw new PgError('read_only_sql_transaction', 'cannot execute SELECT INTO in a read-only transaction', {
    hint: 'Rowgate only reads. Leave out INTO.',
  })
}

async function declareCommand(
  state: SessionState,
  node: Extract<Node, { DeclareCursorStmt: unknown }>,
  { text, start }: Source,
  at: At,
  declaredOids: readonly number[],
): Promise<Command> {
  const select = selectOf(node.DeclareCursorStmt.query)
  if (state.planner.route(select, at) === 'catalog') {
    const inner = innerSource(state, 'declare', { text, start }, select)
    const declared = {
      sql: inner.text,
      start: inner.start,
      parameterOids: declaredOids,
      ...dependenceOf(select),
    }
    return { kind: 'catalog-cursor', node, declared }
  }
  const wrap = (rewritten: Node): Node => ({
    DeclareCursorStmt: { ...node.DeclareCursorStmt, options: scrollOptions(node), query: rewritten },
  })
  const planned = await state.planner.plan({ select, at, declaredOids, form: 'bind', cached: false, wrap })
  return { kind: 'cursor', statement: planned.statement, node }
}

/** SHOW: of what the upstream computes with by the upstream, of the session's own by the session, of all else by the catalog. */
function showCommand(state: SessionState, name: string, node: Node, source: Source, at: At): Command {
  const setting = findSetting(name)
  if (setting?.kind === 'upstream')
    return { kind: 'upstream', statement: plainStatement(`SHOW "${setting.name}"`, at) }
  if (name === 'all' || !isShownLocally(state, name)) {
    const statement = { sql: source.text, start: source.start, parameterOids: [], ...UNSTEADY }
    return { kind: 'catalog', statement, settings: [], delayMs: undefined }
  }
  return { kind: 'local', node, columns: showColumns(name), source }
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
    origins: [],
    reads: NO_READS,
    errorsAreOwn: true,
    at,
    parameterOids: [],
    clientParameterCount: 0,
    ownValues: [],
    cached: false,
  }
}

async function copyCommand(
  state: SessionState,
  copy: CopyStmt,
  { text, start }: Source,
  at: At,
): Promise<Command> {
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
  if (state.planner.route(select, at) === 'catalog') {
    const statement = { sql: text, start, parameterOids: [], ...dependenceOf(select) }
    return { kind: 'catalog', statement, settings: [], delayMs: undefined }
  }
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
  return { kind: 'upstream', statement }
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
