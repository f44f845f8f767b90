import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client, Command } from './clients.js'

export interface Outcome {
  readonly version: string
  readonly checks: readonly { readonly name: string; readonly detail: string }[]
  readonly seconds: number
}

/** Of a program that hangs; on an idle machine the slowest runs for seconds, and is compiled in half a minute. */
const TIMEOUT_MS = 240_000
const DETAIL_MAX = 160

interface Ended {
  readonly stdout: string
  readonly stderr: string
  readonly how: string
}

function execute(
  { program, args, environment }: Command,
  base: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<Ended> {
  return new Promise((done) => {
    const child: ChildProcess = spawn(program, [...args], {
      env: { PATH: process.env['PATH'], HOME: tmpdir(), LANG: 'C.UTF-8', TZ: 'UTC', ...base, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    })
    let [stdout, stderr] = ['', '']
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk
    })
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk
    })
    child.once('error', (error) => done({ stdout, stderr, how: error.message }))
    child.once('close', (code, signal) => done({ stdout, stderr, how: String(signal ?? code) }))
  })
}

/** Where a client's compiled program is kept from one run to the next. */
function folderOf({ name }: Client): string {
  const folder = join(tmpdir(), `rowgate-clients-${process.getuid?.() ?? ''}`, name.replace(/\W/g, '-'))
  mkdirSync(folder, { recursive: true })
  return folder
}

/** Compiles the program if that is needed, and runs it. */
export async function runClient(
  client: Client,
  environment: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const folder = folderOf(client)
  const startMs = Date.now()
  const seconds = (): number => (Date.now() - startMs) / 1_000
  const build = client.build?.(folder)
  const built = build === undefined ? undefined : await execute(build, {}, TIMEOUT_MS)
  if (built !== undefined && built.how !== '0') {
    const detail = `ended with ${built.how}: ${built.stderr.slice(-2_000)}`
    return { version: '', checks: [{ name: 'build', detail }], seconds: seconds() }
  }
  const { stdout, stderr, how } = await execute(client.run(folder), environment, TIMEOUT_MS)
  const lines = stdout
    .split('\n')
    .filter((line) => line.includes('\t'))
    .map((line) => ({ name: line.slice(0, line.indexOf('\t')), detail: line.slice(line.indexOf('\t') + 1) }))
  const crash = how === '0' ? [] : [{ name: 'end', detail: `ended with ${how}: ${stderr.slice(-2_000)}` }]
  return {
    version: lines.find(({ name }) => name === 'version')?.detail ?? (await packageVersion(client)),
    checks: [...lines.filter(({ name }) => name !== 'version'), ...crash],
    seconds: seconds(),
  }
}

/** For a client that cannot tell its own. */
async function packageVersion({ packages }: Client): Promise<string> {
  const args = ['-W', '-f', '${Version}', packages.split(' ')[0] ?? '']
  return (await execute({ program: 'dpkg-query', args }, {}, TIMEOUT_MS)).stdout
}

/** One line per client, then one per check that failed, then what is not installed. */
export function table(
  installed: readonly Client[],
  missing: readonly Client[],
  outcomes: ReadonlyMap<string, Outcome>,
): string {
  const lines = installed.flatMap(({ name }) => {
    const outcome = outcomes.get(name)
    if (outcome === undefined) return [`${name.padEnd(14)} did not run`]
    const failed = outcome.checks.filter(({ detail }) => detail !== 'ok')
    const verdict = failed.length === 0 ? 'ok' : `FAIL (${failed.length} of ${outcome.checks.length})`
    const passed = outcome.checks.filter(({ detail }) => detail === 'ok').map((check) => check.name)
    return [
      `${name.padEnd(14)} ${outcome.version.padEnd(12)} ${`${outcome.seconds.toFixed(1)}s`.padEnd(6)} ${verdict}`,
      `  ok: ${passed.join(', ')}`,
      ...failed.map((check) => `  FAIL ${check.name}: ${check.detail.slice(0, DETAIL_MAX)}`),
    ]
  })
  const absent = missing.map(({ name, packages }) => `${name.padEnd(14)} not installed (${packages})`)
  return `\n${[...lines, ...absent].join('\n')}\n\n`
}
