import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openWire } from './wire.mjs'

/** PgBouncer refuses to run as root; this user owns nothing. */
const NOBODY = 65_534

/** @returns {string | undefined} the version, if it is installed */
export function pgbouncerVersion() {
  try {
    return /PgBouncer (\S+)/.exec(execFileSync('pgbouncer', ['--version'], { encoding: 'utf8' }))?.[1]
  } catch {
    return undefined
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((done) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(address !== null && typeof address === 'object' ? address.port : 0))
    })
  })
}

/**
 * PgBouncer with as many server connections as Rowgate has by default, lent by the transaction; the database "session" lends them by the
 * session, because prepared statements need that in versions before 1.21.
 *
 * @param {import('../test/support/cluster.ts').Cluster} cluster
 */
export async function startPgbouncer(cluster) {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'rowgate-pgbouncer-'))
  const upstream = `host=${cluster.host} port=${cluster.port} dbname=${cluster.database} user=${cluster.user}`
  const settings = `[databases]
transaction = ${upstream} pool_mode=transaction pool_size=10
session = ${upstream} pool_mode=session pool_size=20
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
max_client_conn = 500
`
  writeFileSync(join(folder, 'pgbouncer.ini'), settings)
  chmodSync(folder, 0o755)
  const identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  const child = spawn('pgbouncer', ['-q', join(folder, 'pgbouncer.ini')], { stdio: 'ignore', ...identity })
  process.once('exit', () => child.kill('SIGKILL'))
  const address = { port, user: 'bench', database: 'transaction', password: '' }
  for (let attempt = 0; ; attempt += 1) {
    try {
      const wire = await openWire(address)
      wire.close()
      break
    } catch (error) {
      if (attempt > 100) throw error
      await new Promise((done) => setTimeout(done, 25))
    }
  }
  return {
    address,
    sessionAddress: { ...address, database: 'session' },
    pid: child.pid ?? 0,
    async stop() {
      const exited = new Promise((done) => child.once('exit', done))
      child.kill('SIGKILL')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
