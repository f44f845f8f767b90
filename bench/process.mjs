import { fork, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** The kernel counts processor time in hundredths of a second, whatever the machine. */
const MS_PER_TICK = 10

/** Processor time of a process until now, user and system. @param {number} pid */
export function cpuMs(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name stands in parentheses and may hold spaces; utime is the twelfth field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK
}

/** Waits until a process rests: what it does in the background belongs to no measure. @param {number} pid */
export async function rest(pid) {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const beforeMs = cpuMs(pid)
    await setTimeout(500)
    if (cpuMs(pid) - beforeMs <= 2 * MS_PER_TICK) return
  }
}

/** @param {number} pid */
export function residentMiB(pid) {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(match?.[1] ?? 0) / 1_024
}

/** Characters of a process's last words that are shown. */
const WORDS_MAX = 2_000

/**
 * Starts a process that says on its standard output on which port it listens. If it ends before it is told to, so does the bench.
 *
 * @param {string} command @param {readonly string[]} parameters @param {Record<string, string>} [environment]
 * @returns {Promise<{ port: number, pid: number, stop(): Promise<void> }>}
 */
export async function startServer(command, parameters, environment) {
  const child = spawn(command, parameters, { stdio: 'pipe', env: environment ?? process.env })
  let words = ''
  let stopping = false
  child.stderr.on('data', (chunk) => {
    words = `${words}${chunk}`.slice(-WORDS_MAX)
  })
  const exited = new Promise((done) => child.once('exit', done))
  process.once('exit', () => child.kill('SIGKILL'))
  child.once('exit', (code, signal) => {
    if (stopping) return
    process.stderr.write(`${parameters.join(' ')} ended with ${signal ?? code}: ${words}\n`)
    process.exit(1)
  })
  /** @type {number} */
  const port = await new Promise((done) => {
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
      const match = /:(\d+)\n/.exec(output)
      if (match !== null) done(Number(match[1]))
    })
  })
  return {
    port,
    pid: child.pid ?? 0,
    async stop() {
      stopping = true
      child.kill('SIGTERM')
      await exited
    },
  }
}

/**
 * The process that makes the load.
 *
 * @returns {{ perform(task: object): Promise<import('./load.mjs').Figures>, stop(): void }}
 */
export function startLoad() {
  const child = fork(fileURLToPath(new URL('load.mjs', import.meta.url)))
  // It has said why; without it nothing is measured.
  child.once('exit', (code) => {
    if (code !== null) process.exit(1)
  })
  process.once('exit', () => child.kill('SIGKILL'))
  return {
    perform: (task) =>
      new Promise((done, fail) => {
        child.once('message', (/** @type {any} */ { figures, failure }) => {
          if (failure === undefined) done(figures)
          else fail(new Error(failure))
        })
        child.send(task)
      }),
    stop: () => void child.kill('SIGTERM'),
  }
}
