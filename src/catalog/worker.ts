import { readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { encodeQuery } from '../protocol/request.js'
import { readRows } from './script.js'

/** Relations' files to rename: paths below the data directory. */
export type Move = readonly [from: string, to: string]

/** Frames to run, and what is done to files before. */
export interface WorkerRequest {
  readonly id: number
  readonly bytes: Uint8Array
  readonly moves: readonly Move[]
}

export type WorkerReply =
  | {
      readonly kind: 'ready'
      readonly version: string
      readonly types: readonly (readonly [number, string])[]
    }
  | { readonly kind: 'answer'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'too-large'; readonly id: number }
  | { readonly kind: 'broken'; readonly message: string }

export interface WorkerLimits {
  /** Of the engine's memory; what needs more fails with out_of_memory. */
  readonly memoryBytesMax: number
  /** Of one answer; the rest of a longer one is thrown away. */
  readonly answerBytesMax: number
}

/** Small caches: what is kept here is a few thousand rows of catalog. Files are memory, too. */
const SETTINGS = [
  'shared_buffers=1MB',
  'max_connections=5',
  'autovacuum=off',
  'fsync=off',
  'jit=off',
  'log_min_messages=panic',
  'temp_file_limit=64MB',
  'min_wal_size=32MB',
  'max_wal_size=32MB',
]

/** After so much of write-ahead log it is written off. No statement's changes last, but all are logged, and nobody else here would do it. */
const WAL_BYTES_MAX = 33_554_432
/** After so many statements the rows that they left dead are taken out. */
const VACUUM_EVERY = 1_000
const VACUUM_SQL = 'VACUUM pg_catalog.pg_authid, pg_catalog.pg_namespace'
/** What VACUUM notes in pg_class, by which a session could tell how much others ask. */
const VACUUM_NOTES = ['relpages', 'reltuples', 'relallvisible', 'relallfrozen', 'relfrozenxid', 'relminmxid']
const VACUUMED = `SELECT c.oid FROM pg_catalog.pg_class c, pg_catalog.pg_class t
  WHERE t.oid IN ('pg_catalog.pg_authid'::pg_catalog.regclass, 'pg_catalog.pg_namespace'::pg_catalog.regclass)
  AND (c.oid IN (t.oid, t.reltoastrelid) OR c.oid IN (SELECT indexrelid FROM pg_catalog.pg_index WHERE indrelid IN (t.oid, t.reltoastrelid)))`
const NOTED_SQL = `SELECT oid, ${VACUUM_NOTES.join(', ')} FROM pg_catalog.pg_class WHERE oid IN (${VACUUMED})`

/** ReadyForQuery outside a transaction: what every answer must end with. */
const IDLE = Buffer.from('Z\0\0\0\x05I', 'latin1')

/** What of WebAssembly is used here; the compiler knows it for browsers only. */
interface Memory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}
const PAGE_BYTES = 65_536

/** Has the engine's memory stop growing at a ceiling. Postgres takes that as any machine without memory: the statement fails, and it goes on. */
function limitMemory(bytesMax: number): void {
  const { prototype } = (globalThis as unknown as { WebAssembly: { Memory: { prototype: Memory } } })
    .WebAssembly.Memory
  const { grow } = prototype
  prototype.grow = function (this: Memory, pages) {
    if (this.buffer.byteLength + pages * PAGE_BYTES > bytesMax)
      throw new RangeError('the memory has its limit')
    return grow.call(this, pages)
  }
}

/** Frames and what they are answered; undefined for more than `bytesMax`, of which only the end is looked at. */
async function exchange(database: PGlite, bytes: Uint8Array, bytesMax: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  let end = Buffer.alloc(0)
  await database.execProtocolRawStream(bytes, {
    syncToFs: false,
    onRawData(data) {
      size += data.byteLength
      if (size <= bytesMax) chunks.push(Buffer.from(data))
      end = Buffer.concat([end, data.subarray(-IDLE.length)]).subarray(-IDLE.length)
    },
  })
  if (!end.equals(IDLE)) throw new Error('the engine is left in a transaction')
  return size <= bytesMax ? Buffer.concat(chunks) : undefined
}

/** What pg_class said of a relation before it was vacuumed. */
function restoreSql([oid, ...notes]: readonly (string | null)[]): string {
  const values = VACUUM_NOTES.map((name, index) => `${name} = '${notes[index] ?? ''}'`)
  return `UPDATE pg_catalog.pg_class SET ${values.join(', ')} WHERE oid = ${oid ?? ''}`
}

/** Keeps the engine's files small, between statements. @returns where the log stood when it was last written off */
async function tidy(database: PGlite, served: number, walStart: number): Promise<number> {
  const script = async (sql: string): Promise<readonly (readonly (string | null)[])[]> =>
    readRows((await exchange(database, encodeQuery(sql), WAL_BYTES_MAX)) ?? Buffer.alloc(0))
  if (served % VACUUM_EVERY === 0) {
    const noted = await script(NOTED_SQL)
    await script(VACUUM_SQL)
    await script(noted.map(restoreSql).join(';'))
  }
  const [row] = await script("SELECT pg_catalog.pg_current_wal_lsn() - '0/0'")
  const wal = Number(row?.[0])
  if (wal - walStart < WAL_BYTES_MAX) return walStart
  await script('CHECKPOINT')
  return wal
}

/**
 * Runs in a thread of its own, so that a statement that takes long keeps nobody waiting but its own kind, and can be ended by ending the
 * thread. It starts with the data directory that the build made (setup.ts). It knows nothing of sessions: it runs frames one request after another.
 */
async function run(port: NonNullable<typeof parentPort>, limits: WorkerLimits): Promise<void> {
  limitMemory(limits.memoryBytesMax)
  const data = new Blob([readFileSync(new URL('./catalog.tar.gz', import.meta.url))])
  const database = await PGlite.create({ loadDataDir: data, postgresqlconf: SETTINGS })
  const { rows } = await database.query<{ oid: number; name: string }>(
    "SELECT oid::int4 AS oid, format_type(oid, NULL) AS name FROM pg_type WHERE typtype IN ('b', 'r', 'm') AND typname !~ '^pg_|^reg|^_?aclitem$'",
  )
  const [server] = (
    await database.query<{ version: string; directory: string }>(
      "SELECT current_setting('server_version') AS version, current_setting('data_directory') AS directory",
    )
  ).rows
  const directory = server?.directory ?? ''
  const reply = (message: WorkerReply): void => port.postMessage(message)
  reply({
    kind: 'ready',
    version: server?.version ?? '',
    types: rows.map(({ oid, name }) => [oid, name] as const),
  })
  let last: Promise<void> = Promise.resolve()
  let served = 0
  let walStart = 0
  port.on('message', ({ id, bytes, moves }: WorkerRequest) => {
    last = last.then(async () => {
      try {
        for (const [from, to] of moves)
          database.Module.FS.rename(`${directory}/${from}`, `${directory}/${to}`)
        const answer = await exchange(database, bytes, limits.answerBytesMax)
        reply(answer === undefined ? { kind: 'too-large', id } : { kind: 'answer', id, bytes: answer })
        served += 1
        walStart = await tidy(database, served, walStart)
      } catch (error) {
        reply({ kind: 'broken', message: error instanceof Error ? error.message : String(error) })
      }
    })
  })
}

if (parentPort !== null) {
  const port = parentPort
  run(port, workerData as WorkerLimits).catch((error: unknown) => {
    port.postMessage({ kind: 'broken', message: String(error) } satisfies WorkerReply)
  })
}
