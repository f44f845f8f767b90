import type { SecurityContext } from './auth/context.js'
import { loginKey, ownerKey } from './auth/security-context.js'
import type { Catalog } from './catalog/catalog.js'
import { CATALOG_VERSION } from './catalog/version.js'
import { catalogVariant } from './catalog-tables.js'
import type { Config } from './config.js'
import { contextFacts } from './contexts.js'
import { DiagnosticsError, PgError } from './errors.js'
import type { Observe } from './events.js'
import type { Hooks } from './hooks.js'
import type { Models } from './models.js'
import { visibleTables } from './plan/table.js'
import type { TypedModel } from './plan/typed-model.js'
import { createAccount } from './session/audit.js'
import { createBatch } from './session/batch.js'
import type { Directory } from './session/directory.js'
import type { GateDeps, Opened } from './session/gate.js'
import { createLease } from './session/lease.js'
import { contextKey } from './session/plan-key.js'
import { createPlanner, type KeptPlans } from './session/planner.js'
import { createSession } from './session/session.js'
import { createSessionCatalog } from './session/session-catalog.js'
import { applyStartSettings } from './session/setting-command.js'
import { NO_SETTINGS, reportedValues } from './session/settings.js'
import type { SessionState } from './session/state.js'
import { IDLE } from './session/transaction.js'
import { wallSql } from './session/wall.js'
import type { Parsed } from './sql/parse.js'
import { cancelUpstream } from './upstream/cancel.js'
import type { UpstreamOptions } from './upstream/connect.js'
import type { Pool } from './upstream/pool.js'

export interface ServeDeps {
  readonly config: Config
  readonly hooks: Hooks
  readonly models: Models
  readonly pool: Pool
  readonly upstream: UpstreamOptions
  readonly secrets: readonly string[]
  readonly observe: Observe
  readonly nowMs: () => number
}

/** What is known of the upstream once it was reached. */
export interface UpstreamFacts {
  readonly defaults: ReadonlyMap<string, string>
}

/** What all sessions have in common. */
export interface Shared extends ServeDeps {
  readonly upstreamFacts: UpstreamFacts
  readonly parse: (sql: string) => Parsed
  readonly catalog: Catalog
  readonly directory: Directory
  readonly kept: KeptPlans
  /** A number that no other model has. */
  readonly modelId: (typed: TypedModel) => number
}

type Start = Parameters<GateDeps['open']>[0]

/** Opens a session, if its login may have one more. */
export async function openSession(start: Start, deps: Shared): Promise<Opened> {
  const leave = deps.directory.enter(ownerKey(start.login.context))
  try {
    const { session, parameters } = await makeSession(start, deps)
    return { session: { ...session, run: () => session.run().finally(leave) }, parameters }
  } catch (error) {
    leave()
    throw error
  }
}

async function makeSession(start: Start, deps: Shared): Promise<Opened> {
  const { config, observe, nowMs, upstreamFacts: upstream, parse, directory } = deps
  const { context, settings } = start.login
  const { appId, groups, queryRewrite } = await contextFacts(deps.hooks, context)
  const typed = await modelOf(deps.models, context, appId)
  const facts = {
    user: context.user,
    database: config.database,
    processId: start.processId,
    version: `PostgreSQL ${CATALOG_VERSION} (Rowgate)`,
  }
  const tables = visibleTables(typed, { context, groups })
  const login = loginKey(context)
  const owner = ownerKey(context)
  const catalog = createSessionCatalog({
    catalog: deps.catalog,
    variant: catalogVariant(tables, typed),
    session: ({ asksSessions }) => ({
      login,
      owner,
      user: context.user,
      processId: start.processId,
      version: facts.version,
      settings: catalogSettings(state),
      sessions: asksSessions ? directory.own(login) : [],
    }),
    signal: (signal) => directory.signal(login, signal),
  })
  const planner = createPlanner({
    kept: deps.kept,
    functionsAllowed: config.functionsAllowed,
    contextId: contextKey({ modelId: deps.modelId(typed), context, groups }),
    typed,
    tables,
    context,
    groups,
    facts,
    queryRewrite,
  })
  const account = createAccount(nowMs)
  const state: SessionState = {
    id: start.id,
    context,
    planner,
    catalog,
    observe,
    writer: start.writer,
    lease: createLease(deps.pool, owner),
    batch: createBatch(start.writer, account),
    parse,
    nowMs,
    wallSql: wallSql(context, config.wall),
    account,
    cancelUpstream: (connection) => cancelUpstream(connection, deps.upstream),
    audit: {
      address: start.address,
      who: namedClaims(context, config.audit.claims),
      fingerprints: config.audit.target !== undefined,
    },
    limits: { ...config.limits, answerBytesMax: config.catalog.answerBytesMax },
    upstreamDefaults: upstream.defaults,
    transaction: IDLE,
    implicitBlock: false,
    settings: NO_SETTINGS,
    settingsOnCommit: NO_SETTINGS,
    settingsOnRollback: NO_SETTINGS,
    startSettings: settings,
    customSettings: new Set(),
    savepoints: [],
    statements: new Map(),
    portals: new Map(),
    heldCursors: new Set(),
    catalogCursors: new Map(),
  }
  const reported = await initialParameters(state, upstream)
  const session = createSession({
    reader: start.reader,
    state,
    facts: shownFacts(context.user),
    reported: new Map(reported),
  })
  const startedAt = new Date(nowMs()).toISOString()
  directory.add({
    processId: start.processId,
    login,
    cancel: session.cancel,
    terminate() {
      session.stop(new PgError('admin_shutdown', 'terminating connection due to administrator command'))
      session.cancel()
    },
    shown: () => ({
      pid: start.processId,
      application_name: state.settings.get('application_name') ?? '',
      ...session.activity(),
      backend_start: startedAt,
      client_addr: start.address === 'local' ? null : start.address,
    }),
  })
  const run = (): Promise<void> => session.run().finally(() => directory.remove(start.processId))
  await catalog.warm(CATALOG_PATIENCE_MS)
  return { session: { ...session, run }, parameters: reported }
}

/** How long a login waits for the first catalog of its kind. Cubes can be queried without it. */
const CATALOG_PATIENCE_MS = 5_000

/** Claims that are texts or numbers, as texts. */
function namedClaims(
  { claims }: SecurityContext,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const known = names.flatMap((name) => {
    const value = Object.hasOwn(claims, name) ? claims[name] : undefined
    return value === undefined || value === null || typeof value === 'object'
      ? []
      : [[name, String(value)] as const]
  })
  return Object.fromEntries(known)
}

/** Settings that change what the catalog answers, or how. */
function catalogSettings(state: SessionState): readonly (readonly [string, string])[] {
  const names = [
    'DateStyle',
    'IntervalStyle',
    'TimeZone',
    'extra_float_digits',
    'bytea_output',
    'application_name',
    'search_path',
  ]
  const defaults = new Map([...state.upstreamDefaults, ['search_path', '"$user", public']])
  return names.flatMap((name) => {
    const value = state.settings.get(name.toLowerCase()) ?? defaults.get(name)
    return value === undefined ? [] : [[name, value] as const]
  })
}

/** The context's model. Problems of the files are for whoever keeps them, not for a client. */
async function modelOf(models: Models, context: SecurityContext, appId: string): Promise<TypedModel> {
  try {
    return await models.forContext(context, appId)
  } catch (cause) {
    if (!(cause instanceof DiagnosticsError)) throw cause
    throw new PgError('object_not_in_prerequisite_state', 'the model cannot be compiled for your token', {
      hint: 'Whoever keeps the model finds the reason with `rowgate check --claims`.',
      cause,
    })
  }
}

/** Parameters that are told at the start. Settings of the StartupMessage are tried upstream, so that a bad one ends the login. */
async function initialParameters(
  state: SessionState,
  { defaults }: UpstreamFacts,
): Promise<ReadonlyMap<string, string>> {
  try {
    await applyStartSettings(state)
  } catch (error) {
    state.lease.destroy()
    throw error instanceof PgError
      ? error
      : new PgError('invalid_parameter_value', error instanceof Error ? error.message : 'invalid setting')
  }
  const values = new Map(reportedValues(state.settings, defaults))
  return new Map([
    ['application_name', values.get('application_name') ?? ''],
    ['client_encoding', 'UTF8'],
    ['DateStyle', values.get('DateStyle') ?? 'ISO, MDY'],
    ['default_transaction_read_only', 'on'],
    ['in_hot_standby', 'off'],
    ['integer_datetimes', 'on'],
    ['IntervalStyle', values.get('IntervalStyle') ?? 'postgres'],
    ['is_superuser', 'off'],
    ['server_encoding', 'UTF8'],
    ['server_version', CATALOG_VERSION],
    ['session_authorization', state.context.user],
    ['standard_conforming_strings', 'on'],
    ['TimeZone', values.get('TimeZone') ?? 'UTC'],
  ])
}

function shownFacts(user: string): ReadonlyMap<string, string> {
  const [major = '0', minor = '0'] = CATALOG_VERSION.split('.')
  return new Map([
    ['server_version', CATALOG_VERSION],
    ['server_version_num', String(Number(major) * 10_000 + Number(minor))],
    ['session_authorization', user],
  ])
}
