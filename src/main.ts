import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parsePayload, payloadClaims } from './auth/payload.js'
import { createSecurityContext } from './auth/security-context.js'
import { signToken } from './auth/sign.js'
import type { Config } from './config.js'
import { contextFacts } from './contexts.js'
import { type Diagnostic, DiagnosticsError, PgError } from './errors.js'
import type { Observe } from './events.js'
import { type Hooks, loadHooks } from './hooks.js'
import { compileModel } from './model/compile.js'
import type { ModelFile } from './model/definition.js'
import type { EvaluateOptions } from './model/evaluate.js'
import { loadModelFiles } from './model/load.js'
import { createModels } from './models.js'
import { createAudit } from './observe/audit.js'
import { createLog } from './observe/log.js'
import { visibleTables } from './plan/table.js'
import { type Describe, type FindTable, findMemberProblems, findTableSql, readTable } from './probe.js'
import { openGateway } from './serve.js'
import { explainLines } from './session/explain.js'
import { createKeptPlans, createPlanner } from './session/planner.js'
import { DEFAULT_SQL_LIMITS } from './sql/limits.js'
import { loadParser, parseStatements } from './sql/parse.js'
import { connectUpstream, type UpstreamOptions } from './upstream/connect.js'
import { startEmbedded } from './upstream/embedded.js'
import { createPool, type Pool } from './upstream/pool.js'

type Print = (line: string) => void

/** A project and its upstream, ready to be used. */
interface Project {
  readonly config: Config
  readonly hooks: Hooks
  readonly files: readonly ModelFile[]
  readonly evaluate: EvaluateOptions
  readonly pool: Pool
  readonly upstream: UpstreamOptions
  readonly describe: Describe
  readonly findTable: FindTable
  close(): Promise<void>
}

async function openProject(config: Config, observe: Observe, progress: Print): Promise<Project> {
  if (!existsSync(config.projectDir)) {
    throw new PgError('io_error', `there is no folder "${config.projectDir}"`, {
      hint: 'Give the one that holds cube.js and model/ with --project.',
    })
  }
  await loadParser()
  const { hooks, warnings } = loadHooks(config.projectDir)
  for (const warning of [...config.warnings, ...warnings]) {
    observe({ kind: 'warning', message: `${warning.file}: ${warning.message}. ${warning.fix}` })
  }
  const files = await loadModelFiles(config.projectDir)
  const evaluate: EvaluateOptions = { projectDir: config.projectDir, environment: process.env }
  checkFiles(files, evaluate, observe)
  const embedded = config.upstream === undefined ? await startDemo(config, progress) : undefined
  const address = config.upstream ?? {
    host: embedded?.host ?? '',
    port: embedded?.port ?? 0,
    user: 'postgres',
    password: '',
    database: 'postgres',
    tls: undefined,
  }
  const upstream: UpstreamOptions = { ...address, ...config.pool }
  // All connections of the embedded database share one session, so there may be only one.
  const poolOptions = embedded === undefined ? config.pool : { ...config.pool, connectionsMax: 1 }
  const pool = createPool(poolOptions, { connect: () => connectUpstream(upstream), observe })
  const describe: Describe = (sql) => pool.use((connection) => connection.describe(sql))
  const findTable: FindTable = (schema, name) =>
    pool.use(async (connection) => readTable(await connection.query(findTableSql(schema, name))))
  return {
    config,
    hooks,
    files,
    evaluate,
    pool,
    upstream,
    describe,
    findTable,
    async close() {
      pool.close()
      await embedded?.close()
    },
  }
}

async function startDemo(
  config: Config,
  progress: Print,
): Promise<Awaited<ReturnType<typeof startEmbedded>>> {
  progress('No CUBEJS_DB_HOST is set: starting an embedded Postgres with example data …')
  let seed: string
  try {
    seed = readFileSync(join(config.projectDir, 'seed.sql'), 'utf8')
  } catch {
    throw new DiagnosticsError([
      {
        file: 'CUBEJS_DB_HOST',
        line: 0,
        column: 0,
        message: 'is missing, and the project has no seed.sql for an embedded database',
        fix: 'Set CUBEJS_DB_HOST, CUBEJS_DB_NAME, CUBEJS_DB_USER and CUBEJS_DB_PASS.',
      },
    ])
  }
  return startEmbedded(seed)
}

/** Problems of the files are known before anyone logs in; a model that needs claims is compiled when it has them. */
function checkFiles(files: readonly ModelFile[], evaluate: EvaluateOptions, observe: Observe): void {
  try {
    const { warnings } = compileModel(files, Object.create(null) as Record<string, never>, evaluate)
    for (const warning of warnings)
      observe({ kind: 'warning', message: `${warning.file}:${warning.line}: ${warning.message}` })
  } catch (error) {
    if (!(error instanceof PgError)) throw error
  }
}

export interface Serving {
  readonly port: number
  close(): Promise<void>
}

/** Serves until closed. @throws DiagnosticsError, PgError, or the error of listen() */
export async function serve(config: Config, print: Print): Promise<Serving> {
  const log = createLog(config.logLevel, { format: config.logFormat })
  const { target } = config.audit
  const audit = target === undefined ? undefined : openAudit(target, log)
  const observe: Observe = (event) => {
    log(event)
    audit?.(event)
  }
  const project = await openProject(config, observe, print)
  const nowMs = Date.now
  const { secrets } = config.auth
  const models = createModels(
    { files: project.files, modelsMax: config.limits.modelsMax, ...project.evaluate },
    { probes: project, observe, nowMs },
  )
  try {
    const gate = await openGateway({
      config,
      hooks: project.hooks,
      models,
      pool: project.pool,
      upstream: project.upstream,
      secrets,
      observe,
      nowMs,
    })
    if (config.upstream === undefined) await printDemo(config, gate.port, secrets, print)
    print(`Rowgate accepts connections on ${config.listen.host}:${gate.port}`)
    return {
      port: gate.port,
      async close() {
        await gate.close(config.listen.drainTimeoutMs)
        await project.close()
      },
    }
  } catch (error) {
    await project.close()
    throw error
  }
}

/** Without the audit that was asked for nobody is served. @throws DiagnosticsError */
function openAudit(target: string, log: Observe): Observe {
  try {
    return createAudit(target, (error) =>
      log({ kind: 'warning', message: `the audit cannot be written, events are lost: ${String(error)}` }),
    )
  } catch (error) {
    throw new DiagnosticsError([
      {
        file: 'ROWGATE_AUDIT',
        line: 0,
        column: 0,
        message: `the file "${target}" cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
        fix: 'Name a file that may be appended to, or stdout.',
      },
    ])
  }
}

const DEMO_PEOPLE = [
  { name: 'ada', claims: { user_id: 1, company_id: 1 } },
  { name: 'ben', claims: { user_id: 2, company_id: 2 } },
]

async function printDemo(
  config: Config,
  port: number,
  secrets: readonly string[],
  print: Print,
): Promise<void> {
  const [secret] = secrets
  if (secret === undefined) return
  print('')
  print('Two people, one question, each with their own rows (tokens are good for a day):')
  for (const { name, claims } of DEMO_PEOPLE) {
    const token = await signToken({ claims, secret, expiresInSeconds: 86_400, nowMs: Date.now() })
    print('')
    print(
      `PGPASSWORD='${token}' psql -h ${config.listen.host} -p ${port} -U ${name} -d ${config.database} -c 'SELECT status, MEASURE(count), SUM(total_amount) FROM Orders GROUP BY 1'`,
    )
  }
  print('')
}

/**
 * Reports every problem of a project: of its files, and of its members in the upstream; and each cube whose rows nothing limits.
 *
 * @returns whether there was no problem
 */
export async function check(config: Config, print: Print, claimsText: string | undefined): Promise<boolean> {
  const observe: Observe = () => undefined
  const context = contextOf(claimsText ?? '{}')
  const project = await openProject(config, observe, print)
  try {
    // An upstream that cannot be reached is no fault of any cube.
    await project.describe('SELECT 1')
    const { model, warnings } = compileForCheck(project, context.claims, claimsText)
    const problems: Diagnostic[] = []
    for (const cube of model.cubes.values()) {
      for (const { member, problem } of await findMemberProblems(cube, model, context, project.describe)) {
        const source = member === undefined ? cube.source : (cube.members.get(member)?.source ?? cube.source)
        const name = member === undefined ? `the cube "${cube.name}"` : `"${cube.name}.${member}"`
        problems.push({
          ...source,
          column: 0,
          message: `${name} fails in the upstream database: ${problem}`,
          fix: 'Mend its sql, or the upstream.',
        })
      }
    }
    for (const diagnostic of [...warnings, ...problems])
      print(`${diagnostic.file}:${diagnostic.line}: ${diagnostic.message}\n    fix: ${diagnostic.fix}`)
    for (const cube of model.cubes.values()) {
      const limited = cube.policies !== undefined || cube.claimUses.length > 0
      if (limited) continue
      const rewritten =
        project.hooks.queryRewrite === undefined
          ? 'every row is visible to everyone who can log in'
          : 'only queryRewrite of cube.js limits its rows'
      print(
        `${cube.source.file}:${cube.source.line}: the cube "${cube.name}" has no row policy: ${rewritten}`,
      )
    }
    print(
      problems.length === 0
        ? `${counted(model.cubes.size, 'cube')}, no problems`
        : counted(problems.length, 'problem'),
    )
    return problems.length === 0
  } finally {
    await project.close()
  }
}

/** A model that is compiled for each context cannot be checked without one. */
function compileForCheck(
  { files, evaluate }: Project,
  claims: ReturnType<typeof contextOf>['claims'],
  claimsText: string | undefined,
): ReturnType<typeof compileModel> {
  try {
    return compileModel(files, claims, evaluate)
  } catch (error) {
    if (!(error instanceof PgError) || claimsText !== undefined) throw error
    throw new PgError(error.condition, error.message, {
      hint: `The model uses COMPILE_CONTEXT: give the claims of a typical token, as in --claims '{"company_id":1}'.`,
    })
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** @throws PgError if the text of --claims is no JSON object */
function contextOf(claimsText: string): ReturnType<typeof createSecurityContext> {
  try {
    const claims = payloadClaims(parsePayload(claimsText))
    return createSecurityContext({ claims, expiresAtMs: undefined, user: 'explain' })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new PgError('invalid_parameter_value', `--claims is no JSON object: ${reason}`, {
      hint: `Write --claims '{"user_id":42}'.`,
    })
  }
}

/** Prints what a statement becomes for these claims: the SQL, its parameters, and per cube what limits its rows. */
export async function explain(
  config: Config,
  print: Print,
  request: { readonly claimsText: string; readonly sql: string },
): Promise<void> {
  const observe: Observe = () => undefined
  const context = contextOf(request.claimsText)
  const project = await openProject(config, observe, () => undefined)
  try {
    const { appId, groups, queryRewrite } = await contextFacts(project.hooks, context)
    const models = createModels(
      { files: project.files, modelsMax: 1, ...project.evaluate },
      { probes: project, observe, nowMs: Date.now },
    )
    const typed = await models.forContext(context, appId)
    const facts = { user: context.user, database: config.database, processId: 0, version: 'PostgreSQL' }
    const planner = createPlanner({
      kept: createKeptPlans(1),
      functionsAllowed: config.functionsAllowed,
      contextId: '',
      typed,
      tables: visibleTables(typed, { context, groups }),
      context,
      groups,
      facts,
      queryRewrite,
    })
    const { statements, at } = parseStatements(request.sql, DEFAULT_SQL_LIMITS)
    if (statements.length === 0) {
      throw new PgError('syntax_error', 'there is no statement to explain', {
        hint: "Give one, as in 'SELECT 1'.",
      })
    }
    for (const { node } of statements) {
      if (!('SelectStmt' in node))
        throw new PgError('feature_not_supported', 'only a SELECT can be explained')
      if (planner.route(node.SelectStmt, at) === 'catalog') {
        print('answered by the embedded catalog, which holds no rows of anyone')
        continue
      }
      const { plan, statement } = await planner.plan({
        select: node.SelectStmt,
        at,
        declaredOids: [],
        form: 'bind',
        cached: false,
      })
      print(plan.sql)
      print('')
      for (const [index, parameter] of plan.parameters.entries()) {
        print(
          `$${statement.clientParameterCount + index + 1} = ${parameter.value}  (type OID ${parameter.typeOid}, from ${parameter.source})`,
        )
      }
      for (const line of explainLines(plan)) print(line)
    }
  } finally {
    await project.close()
  }
}
