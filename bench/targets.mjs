import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { startCluster } from '../test/support/cluster.ts'
import { gatewayEnvironment, token, writeProject } from '../test/support/gateway.ts'
import { pgbouncerVersion, startPgbouncer } from './pgbouncer.mjs'
import { startServer } from './process.mjs'
import { CLAIMS, PROJECT, SEED } from './statements.mjs'

/**
 * A way to the same rows. Only processes of which there is one for all sessions have a pid.
 *
 * @typedef {import('./wire.mjs').Address} Address
 * @typedef {{ name: string, form: 'direct' | 'fenced' | 'cube', address: Address, preparedAddress: Address, pid: number | undefined }} Target
 */

/** @param {string} name */
const path = (name) => fileURLToPath(new URL(name, import.meta.url))

/**
 * Postgres with its rows, and everything that stands before it.
 *
 * @param {{ profileDir: string | undefined }} options
 */
export async function startTargets({ profileDir }) {
  const cluster = await startCluster()
  for (const sql of SEED) await cluster.query(sql)
  const { rows } = await cluster.query('SHOW server_version')
  const project = writeProject(PROJECT)
  const relay = await startServer(process.execPath, [path('relay.mjs'), String(cluster.port)])
  const gateway = await startServer(
    process.execPath,
    [...profiling(profileDir), path('../dist/cli.js'), 'serve', '--project', project],
    gatewayEnvironment(cluster),
  )
  const pgbouncer = pgbouncerVersion() === undefined ? undefined : await startPgbouncer(cluster)

  const direct = { port: cluster.port, user: cluster.user, database: cluster.database, password: '' }
  const relayed = { ...direct, port: relay.port }
  const gated = { port: gateway.port, user: 'ann', database: 'db', password: await token(CLAIMS) }
  /** @type {Target[]} */
  const targets = [
    { name: 'direct', form: 'direct', address: direct, preparedAddress: direct, pid: undefined },
    { name: 'direct, fenced', form: 'fenced', address: direct, preparedAddress: direct, pid: undefined },
    { name: 'relay', form: 'direct', address: relayed, preparedAddress: relayed, pid: relay.pid },
    { name: 'Rowgate', form: 'cube', address: gated, preparedAddress: gated, pid: gateway.pid },
  ]
  if (pgbouncer !== undefined) {
    const { address, sessionAddress, pid } = pgbouncer
    targets.splice(3, 0, { name: 'PgBouncer', form: 'direct', address, preparedAddress: sessionAddress, pid })
  }
  return {
    targets,
    gateway: { address: gated, pid: gateway.pid },
    versions: { postgres: String(rows[0]?.server_version), pgbouncer: pgbouncerVersion() },
    async stop() {
      await Promise.all([gateway.stop(), relay.stop(), pgbouncer?.stop()])
      await cluster.stop()
      rmSync(project, { recursive: true, force: true })
    },
  }
}

/** @param {string | undefined} folder @returns {string[]} */
function profiling(folder) {
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`]
}
