import { PgError } from '../errors.js'
import type { Node, VariableSetStmt } from '../sql/tree.js'
import { hiddenSteps, settingsKeyOf } from './lease.js'
import { answer, type LocalAnswer } from './local-answer.js'
import { warningFrame } from './report.js'
import { findSetting } from './setting.js'
import { checkLocalSetting, limitedValue, shownValue, unrecognized, withSetting } from './settings.js'
import type { SessionState } from './state.js'
import { readOptions } from './transaction-command.js'
import { takeConnection, wantedSettings } from './upstream-command.js'

/** SET and RESET in all their forms. */
export async function runSet(state: SessionState, statement: VariableSetStmt): Promise<LocalAnswer> {
  const name = statement.name ?? ''
  switch (statement.kind) {
    case 'VAR_RESET_ALL':
      state.settings = state.startupSettings
      await takeConnection(state)
      return answer('RESET')
    case 'VAR_RESET':
    case 'VAR_SET_DEFAULT':
      await resetOne(state, name)
      return answer(statement.kind === 'VAR_RESET' ? 'RESET' : 'SET')
    case 'VAR_SET_MULTI':
      setTransaction(state, name, statement.args)
      return answer('SET')
    case 'VAR_SET_VALUE':
      await setOne(state, name, valueText(name, statement.args ?? []), statement.is_local === true)
      return answer('SET')
    default:
      throw new PgError('feature_not_supported', 'this form of SET is not available through this gateway')
  }
}

/** SET TRANSACTION, SET SESSION CHARACTERISTICS AS TRANSACTION. */
function setTransaction(state: SessionState, name: string, args: readonly Node[] | undefined): void {
  if (name === 'TRANSACTION SNAPSHOT')
    throw new PgError('feature_not_supported', 'snapshots cannot be imported through this gateway')
  const options = readOptions(args)
  if (name === 'SESSION CHARACTERISTICS') {
    if (options.isolation !== undefined)
      state.settings = withSetting(state.settings, 'default_transaction_isolation', options.isolation)
    return
  }
  if (state.transaction.status !== 'T') return warnOutsideBlock(state, 'SET TRANSACTION')
  if (state.transaction.begun && options.isolation !== undefined) {
    throw new PgError(
      'active_sql_transaction',
      'SET TRANSACTION ISOLATION LEVEL must be called before any query',
    )
  }
  const { isolation, deferrable } = state.transaction.options
  state.transaction = {
    ...state.transaction,
    options: { isolation: options.isolation ?? isolation, deferrable: options.deferrable ?? deferrable },
  }
}

async function resetOne(state: SessionState, name: string): Promise<void> {
  const special = name.toLowerCase()
  if (special === 'role' || special === 'session_authorization') return
  const setting = findSetting(name)
  if (setting === undefined && !state.settings.has(special)) throw unrecognized(name)
  state.settings = withSetting(state.settings, name, state.startupSettings.get(special))
  // Applied at once, so that the client is told at once.
  if (setting?.kind === 'upstream') await takeConnection(state)
}

export async function setOne(
  state: SessionState,
  name: string,
  value: string,
  local: boolean,
): Promise<void> {
  if (name.toLowerCase() === 'session_authorization') {
    throw new PgError('insufficient_privilege', 'the session user cannot be changed', {
      hint: 'Log in with another token.',
    })
  }
  checkLocalSetting(name, value)
  const setting = findSetting(name)
  if (setting?.kind === 'fixed') return
  if (setting?.kind !== 'upstream') {
    if (!local || state.transaction.status !== 'I') state.settings = withSetting(state.settings, name, value)
    return
  }
  // Outside a block SET LOCAL has no effect; Postgres only warns.
  if (local && state.transaction.status === 'I') warnOutsideBlock(state, 'SET LOCAL')
  const scoped =
    local && state.transaction.status === 'I'
      ? undefined
      : await applyUpstream(
          state,
          setting.name,
          limitedValue(setting.name, value, state.upstreamDefaults),
          local,
        )
  if (local || scoped === undefined) return
  state.settings = withSetting(state.settings, name, scoped)
  const connection = state.lease.current()
  if (connection !== undefined) connection.settingsKey = settingsKeyOf(wantedSettings(state))
}

function warnOutsideBlock(state: SessionState, command: string): void {
  state.batch.local(warningFrame('25P01', `${command} can only be used in transaction blocks`))
}

/** Has the upstream check and apply a value, and gives it in the upstream's own spelling. */
async function applyUpstream(
  state: SessionState,
  name: string,
  value: string,
  local: boolean,
): Promise<string> {
  const connection = await takeConnection(state)
  const sql = 'SELECT pg_catalog.set_config($1, $2, $3::pg_catalog.bool)'
  state.batch.before(connection, hiddenSteps(sql, [name, value, String(local)]))
  await state.batch.settle({ sync: false })
  if (local) connection.settingsLocal = true
  return value
}

function valueText(name: string, args: readonly Node[]): string {
  const values = args.map((node) => {
    if ('TypeCast' in node) return intervalZone(node.TypeCast.arg)
    if (!('A_Const' in node)) throw new PgError('syntax_error', `the value of "${name}" must be a constant`)
    const { ival, fval, sval, boolval } = node.A_Const
    if (ival !== undefined) return String(ival.ival ?? 0)
    if (boolval !== undefined) return boolval.boolval ? 'true' : 'false'
    return fval?.fval ?? sval?.sval ?? ''
  })
  return values.join(', ')
}

/** `SET TIME ZONE INTERVAL '+01:00' HOUR TO MINUTE` as Postgres spells it: POSIX counts the other way round. */
function intervalZone(node: Node | undefined): string {
  const text = node !== undefined && 'A_Const' in node ? (node.A_Const.sval?.sval ?? '') : ''
  const match = /^([+-]?)(\d{1,2})(?::(\d{2}))?$/.exec(text.trim())
  if (match === null)
    throw new PgError('invalid_parameter_value', `invalid interval value for time zone: "${text}"`)
  const hours = (match[2] ?? '0').padStart(2, '0')
  const offset = match[3] === undefined || match[3] === '00' ? hours : `${hours}:${match[3]}`
  const west = match[1] === '-'
  return `<${west ? '-' : '+'}${offset}>${west ? '+' : '-'}${offset}`
}

/** The column that SHOW gives. */
export function showColumns(name: string): readonly string[] {
  const setting = findSetting(name)
  return [setting?.name ?? name.toLowerCase()]
}

/** Whether the session answers SHOW of a parameter; the catalog answers all others, or says that there is none. */
export function isShownLocally(state: SessionState, name: string): boolean {
  const key = name.toLowerCase()
  return LOCAL_FACTS.has(key) || findSetting(name) !== undefined || state.settings.has(key)
}

const LOCAL_FACTS = new Set([
  'server_version',
  'server_version_num',
  'session_authorization',
  'transaction_isolation',
])

/** SHOW of what the session itself knows; undefined where the upstream is to be asked. */
export function showLocal(
  state: SessionState,
  name: string,
  facts: ReadonlyMap<string, string>,
): LocalAnswer | undefined {
  const key = name.toLowerCase()
  const fact = facts.get(key)
  if (fact !== undefined) return answer('SHOW', [[fact]])
  if (key === 'transaction_isolation') {
    const level =
      state.transaction.options.isolation ??
      state.settings.get('default_transaction_isolation') ??
      'read committed'
    return answer('SHOW', [[level]])
  }
  const shown = shownValue(state.settings, name)
  return shown === undefined ? undefined : answer('SHOW', [[shown.value]])
}
