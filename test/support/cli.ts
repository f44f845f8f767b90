import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createServer, type Server } from 'node:net'
import { resolve } from 'node:path'

const ROWGATE = resolve('dist/cli.js')

/** How a command of the command line ended. */
export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export type Variables = Readonly<Record<string, string>>

function variables(more: Variables = {}): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', ROWGATE_LOG_LEVEL: 'error', ...more }
}

/** Runs a command to its end. */
export function rowgate(args: readonly string[], more: Variables = {}): Promise<Outcome> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [ROWGATE, ...args],
      { env: variables(more), timeout: 30_000 },
      (error, stdout, stderr) => {
        done({
          code: error === null ? 0 : typeof error.code === 'number' ? error.code : null,
          stdout,
          stderr,
        })
      },
    )
  })
}

/** A `rowgate serve` that accepts connections. */
export interface Serving {
  readonly child: ChildProcess
  readonly port: number
  readonly exited: Promise<number | null>
  output(): string
}

const children = new Set<ChildProcess>()

/** Ends what a failed test has left running. */
export function killServing(): void {
  for (const child of children) child.kill('SIGKILL')
}

export async function serve(args: readonly string[], more: Variables = {}): Promise<Serving> {
  const child = spawn(process.execPath, [ROWGATE, 'serve', ...args], { env: variables(more), stdio: 'pipe' })
  children.add(child)
  const exited = new Promise<number | null>((done) => child.once('exit', done))
  let output = ''
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk
  })
  const port = await new Promise<number>((done, fail) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk
      const match = /accepts connections on \S+:(\d+)/.exec(output)
      if (match !== null) done(Number(match[1]))
    })
    child.once('exit', (code, signal) => fail(new Error(`ended with ${code ?? signal}: ${errors}`)))
  })
  return { child, port, exited, output: () => output }
}

/** A port of this machine, and the server that holds it. */
export function holdPort(port = 0): Promise<{ readonly port: number; readonly server: Server }> {
  return new Promise((done, fail) => {
    const server = createServer()
    server.once('error', fail)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      done({ server, port: address !== null && typeof address === 'object' ? address.port : 0 })
    })
  })
}

export async function freePort(): Promise<number> {
  const { port, server } = await holdPort()
  await new Promise((done) => server.close(done))
  return port
}
