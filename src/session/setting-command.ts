import { PgError } from '../errors.js'
import { constantValue } from '../plan/constant.js'
import type { Node, VariableSetStmt } from '../sql/tree.js'
import { applySetting } from './apply-setting.js'
import { answer, type LocalAnswer } from './local-answer.js'
import { warningFrame } from './report.js'
import { endScope } from './scope.js'
import { findSetting, isCustomSetting } from './setting.js'
import {
  checkLocalSetting,
  limitedValue,
  localValue,
  shownValue,
  unrecognized,
  withSetting,
} from './settings.js'
import type { SessionState } from './state.js'
import { transactionModes } from './transaction.js'
import { readOptions } from './transaction-command.js'
import { releaseConnection, runVisible } from './upstream-command.js'

/** SET and RESET in all their forms. @returns undefined when the answer is on its way already */
export async function runSet(
  state: SessionState,
  statement: VariableSetStmt,
): Promise<LocalAnswer | undefined> {
  const name = statement.name ?? ''
  switch (statement.kind) {
    case 'VAR_RESET_ALL':
      resetAll(state)
      return answer('RESET')
    case 'VAR_RESET':
    case 'VAR_SET_DEFAULT':
      if (statement.is_local === true) warnOutsideBlock(state, 'SET LOCAL')
      resetOne(state, name, statement.is_local === true)
      return answer(statement.kind === 'VAR_RESET' ? 'RESET' : 'SET')
    case 'VAR_SET_MULTI':
      return setTransaction(state, name, statement.args)
    case 'VAR_SET_VALUE':
      if (statement.is_local === true) warnOutsideBlock(state, 'SET LOCAL')
      await setOne(state, name, valueText(name, statement.args ?? []), statement.is_local === true)
      return answer('SET')
    default:
      throw new PgError('feature_not_supported', 'this form of SET is not available through this gateway')
  }
}

/** What is set for the transaction ends with this statement, which is a transaction of its own. */
function warnOutsideBlock(state: SessionState, command: string): void {
  if (state.transaction.status !== 'I' || state.implicitBlock) return
  state.batch.local(warningFrame('25P01', `${command} can only be used in transaction blocks`))
}

/** SET TRANSACTION, SET SESSION CHARACTERISTICS AS TRANSACTION. */
async function setTransaction(
  state: SessionState,
  name: string,
  args: readonly Node[] | undefined,
): Promise<LocalAnswer | undefined> {
  if (name === 'TRANSACTION SNAPSHOT')
    throw new PgError('feature_not_supported', 'snapshots cannot be imported through this gateway')
  const options = readOptions(args)
  if (name === 'SESSION CHARACTERISTICS') {
    if (options.isolation !== undefined)
      changeSetting(state, 'default_transaction_isolation', options.isolation, false)
    return answer('SET')
  }
  warnOutsideBlock(state, 'SET TRANSACTION')
  if (state.transaction.status !== 'T') return answer('SET')
  const { begun } = state.transaction
  const modes = transactionModes(options)
  // The upstream knows whether there was a query.
  if (begun && modes !== '') await runVisible(state, `SET TRANSACTION${modes}`, { sync: false })
  const { isolation, deferrable } = state.transaction.options
  state.transaction = {
    ...state.transaction,
    options: { isolation: options.isolation ?? isolation, deferrable: options.deferrable ?? deferrable },
  }
  return begun && modes !== '' ? undefined : answer('SET')
}

/** The upstream hears of it with the next statement that it computes. */
export function resetAll(state: SessionState): void {
  state.settings = state.startSettings
  state.settingsOnCommit = state.startSettings
}

function resetOne(state: SessionState, name: string, local: boolean): void {
  const special = name.toLowerCase()
  if (special === 'role' || special === 'session_authorization') return
  if (isCustomSetting(name)) noteCustom(state, special)
  else if (findSetting(name) === undefined) throw unrecognized(name)
  changeSetting(state, name, state.startSettings.get(special), local)
}

/** Names of its own that an application may make up in one session. */
const CUSTOM_SETTINGS_MAX = 1_000

function noteCustom(state: SessionState, name: string): void {
  if (state.customSettings.size >= CUSTOM_SETTINGS_MAX && !state.customSettings.has(name))
    throw new PgError(
      'configuration_limit_exceeded',
      `a session may set ${CUSTOM_SETTINGS_MAX} parameters of its own`,
    )
  state.customSettings.add(name)
}

function changeSetting(state: SessionState, name: string, value: string | undefined, local: boolean): void {
  state.settings = withSetting(state.settings, name, value)
  if (!local) state.settingsOnCommit = withSetting(state.settingsOnCommit, name, value)
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
  if (setting === undefined) noteCustom(state, name.toLowerCase())
  const canonical =
    setting?.kind === 'upstream'
      ? await applySetting(state, setting.name, limitedValue(setting.name, value, state.upstreamDefaults))
      : localValue(name, value)
  changeSetting(state, name, canonical, local)
}

/** Applies the values of the StartupMessage, and remembers them as the upstream spells them. */
export async function applyStartSettings(state: SessionState): Promise<void> {
  for (const [name, value] of state.startSettings) await setOne(state, name, value, false)
  await state.batch.settle({ sync: true })
  await releaseConnection(state)
  state.startSettings = state.settings
  endScope(state, { commits: true })
}

function valueText(name: string, args: readonly Node[]): string {
  const values = args.map((node) => {
    if ('TypeCast' in node) return intervalZone(node.TypeCast.arg)
    if (!('A_Const' in node)) throw new PgError('syntax_error', `the value of "${name}" must be a constant`)
    return constantValue(node.A_Const) ?? ''
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
  return LOCAL_FACTS.has(key) || findSetting(name) !== undefined || state.customSettings.has(key)
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
  const value = shownValue(state.settings, name)
  return value === undefined ? undefined : answer('SHOW', [[value]])
}
