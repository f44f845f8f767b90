import { LRUCache } from 'lru-cache'
import { createAuthenticator } from './auth/authenticate.js'
import { createVerifier } from './auth/verify.js'
import { createCatalog } from './catalog/catalog.js'
import type { Config } from './config.js'
import { missingFunctions } from './functions-allowed.js'
import { openSession, type ServeDeps, type Shared, type UpstreamFacts } from './open-session.js'
import type { TypedModel } from './plan/typed-model.js'
import { createDirectory } from './session/directory.js'
import { type Gate, openGate } from './session/gate.js'
import { createKeptPlans } from './session/planner.js'
import { DEFAULT_SQL_LIMITS } from './sql/limits.js'
import { type Parsed, parseStatements } from './sql/parse.js'
import { unsafePowers } from './upstream-role.js'

/** Opens the gate over a pool and a model. @throws PgError if the upstream cannot be reached, the error of listen() */
export async function openGateway(deps: ServeDeps): Promise<Gate> {
  const { config, observe, nowMs } = deps
  const facts = await readUpstream(deps)
  const parse = createParse(config)
  const catalog = createCatalog({ ...config.catalog, database: config.database }, { observe })
  const directory = createDirectory({ perOwnerMax: config.listen.sessionsPerLoginMax })
  const verify = createVerifier({ ...config.auth, secrets: deps.secrets }, { observe, nowMs })
  const { checkSqlAuth, extendContext } = deps.hooks
  const authenticate = createAuthenticator({ verify, checkSqlAuth, extendContext })
  const shared: Shared = {
    ...deps,
    upstreamFacts: facts,
    parse,
    catalog,
    directory,
    kept: createKeptPlans(config.limits.plansMax),
    modelId: createModelIds(),
  }
  const gate = await openGate(
    { ...config.listen, frameBytesMax: config.limits.frameBytesMax, database: config.database },
    { authenticate, observe, open: (start) => openSession(start, shared) },
  )
  catalog.start()
  return {
    ...gate,
    async close(drainTimeoutMs) {
      await gate.close(drainTimeoutMs)
      catalog.close()
    },
  }
}

async function readUpstream({ pool, config, observe }: ServeDeps): Promise<UpstreamFacts> {
  return pool.use(async (connection) => {
    const [row] = await connection.query("SELECT pg_catalog.current_setting('TimeZone')")
    // The demo's database has one user, and nothing to lose.
    const powers = config.upstream === undefined ? [] : await unsafePowers(connection)
    for (const power of powers)
      observe({
        kind: 'warning',
        message: `the upstream role ${power}: docs/upstream-role.sql makes one that may read and nothing else`,
      })
    for (const name of await missingFunctions(connection, config.functionsAllowed))
      observe({
        kind: 'warning',
        message: `ROWGATE_FUNCTIONS_ALLOWED: the upstream role can call no function ${name}. Create it, grant EXECUTE on it and USAGE on its schema, or leave it out.`,
      })
    const defaults = new Map([
      ['DateStyle', 'ISO, MDY'],
      ['IntervalStyle', 'postgres'],
      ['TimeZone', row?.[0] ?? 'UTC'],
      ['extra_float_digits', '1'],
      ['bytea_output', 'hex'],
      ['statement_timeout', String(config.pool.statementTimeoutMs)],
      ['lock_timeout', '0'],
      ['idle_in_transaction_session_timeout', String(config.pool.idleInTransactionTimeoutMs)],
    ])
    return { defaults }
  })
}

function createModelIds(): (typed: TypedModel) => number {
  const ids = new WeakMap<TypedModel, number>()
  let last = 0
  return (typed) => {
    const known = ids.get(typed)
    if (known !== undefined) return known
    last += 1
    ids.set(typed, last)
    return last
  }
}

/** Parsing costs more than all else, and tools repeat themselves. */
function createParse({ limits }: Config): (sql: string) => Parsed {
  const parsed = new LRUCache<string, Parsed>({
    max: limits.parsedMax,
    maxSize: 16_777_216,
    sizeCalculation: (_value, sql) => sql.length + 1,
  })
  return (sql) => {
    const known = parsed.get(sql)
    if (known !== undefined) return known
    const made = parseStatements(sql, { ...DEFAULT_SQL_LIMITS, sqlBytesMax: limits.sqlBytesMax })
    parsed.set(sql, made)
    return made
  }
}
