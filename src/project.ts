import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config, Environment } from './config.js'
import { DiagnosticsError, PgError } from './errors.js'
import type { Observe } from './events.js'
import { type Hooks, loadHooks } from './hooks.js'
import { compileModel } from './model/compile.js'
import type { ModelFile } from './model/definition.js'
import type { EvaluateOptions } from './model/evaluate.js'
import { loadModelFiles } from './model/load.js'
import { type Describe, type FindTable, findTableSql, readTable } from './probe.js'
import { loadParser } from './sql/parse.js'
import { connectUpstream, type UpstreamOptions } from './upstream/connect.js'
import { startEmbedded } from './upstream/embedded.js'
import { createPool, type Pool } from './upstream/pool.js'

export type Print = (line: string) => void

export interface ProjectDeps {
  readonly observe: Observe
  /** Tells the person at the terminal what takes long. */
  readonly print: Print
  /** What the model's files may read as process.env. */
  readonly environment: Environment
}

/** A project and its upstream, ready to be used. */
export interface Project {
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

/**
 * Loads a project's files and opens its upstream, or the embedded one.
 *
 * @throws PgError, DiagnosticsError with all problems of its files
 */
export async function openProject(
  config: Config,
  { observe, print, environment }: ProjectDeps,
): Promise<Project> {
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
  const evaluate: EvaluateOptions = { projectDir: config.projectDir, environment }
  checkFiles(files, evaluate, observe)
  const embedded = config.upstream === undefined ? await startDemo(config, print) : undefined
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

async function startDemo(config: Config, print: Print): Promise<Awaited<ReturnType<typeof startEmbedded>>> {
  print('No CUBEJS_DB_HOST is set: starting an embedded Postgres with example data …')
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
