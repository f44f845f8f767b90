import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import pg from 'pg'
import { signToken } from '../../src/auth/sign.js'
import type { Cluster } from './cluster.js'

export const SECRET = 'a secret of the tests'

/** A real gateway process over a cluster, with a project of its own. */
export interface Gateway {
  readonly host: string
  readonly port: number
  /** What it wrote to stderr: its log. */
  log(): string
  /** Memory that the process has now. */
  residentBytes(): number
  client(claims: object, options?: pg.ClientConfig): Promise<pg.Client>
  signal(signal: NodeJS.Signals): Promise<number | null>
  stop(): Promise<void>
}

export async function token(claims: object, expiresInSeconds = 3_600, secret = SECRET): Promise<string> {
  return signToken({ claims: claims as Record<string, unknown>, secret, expiresInSeconds, nowMs: Date.now() })
}

/** Writes a project's files to a new folder. */
export function writeProject(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'rowgate-project-'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

export function gatewayEnvironment(
  cluster: Cluster,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    CUBEJS_DB_HOST: cluster.host,
    CUBEJS_DB_PORT: String(cluster.port),
    CUBEJS_DB_NAME: cluster.database,
    CUBEJS_DB_USER: cluster.user,
    CUBEJS_API_SECRET: SECRET,
    CUBEJS_PG_SQL_PORT: '0',
    ROWGATE_DATABASE: 'db',
    ...more,
  }
}

export async function startGateway(
  cluster: Cluster,
  files: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<Gateway> {
  const folder = writeProject(files)
  const child: ChildProcess = spawn(
    process.execPath,
    [resolve('dist/cli.js'), 'serve', '--project', folder],
    {
      env: gatewayEnvironment(cluster, environment),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const port = await new Promise<number>((done, fail) => {
    let output = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      const match = /accepts connections on \S+:(\d+)/.exec(output)
      if (match !== null) done(Number(match[1]))
    })
    child.once('exit', (code) => fail(new Error(`the gateway ended with ${code}: ${errors}`)))
  })
  const host = '127.0.0.1'
  const exited = new Promise<number | null>((done) => child.once('exit', done))
  process.once('exit', () => child.kill('SIGKILL'))
  return {
    host,
    port,
    log: () => errors,
    residentBytes() {
      const pages = Number(readFileSync(`/proc/${child.pid}/statm`, 'utf8').split(' ')[1])
      return pages * 4_096
    },
    async client(claims, options = {}) {
      const client = new pg.Client({
        host,
        port,
        user: 'ann',
        database: 'db',
        password: await token(claims),
        ...options,
      })
      client.on('error', () => undefined)
      await client.connect()
      return client
    },
    signal(signal) {
      child.kill(signal)
      return exited
    },
    async stop() {
      child.kill('SIGKILL')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
