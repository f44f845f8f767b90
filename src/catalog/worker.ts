import { readFileSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'

/** Frames to run, and the frames that answered. */
export interface WorkerRequest {
  readonly id: number
  readonly bytes: Uint8Array
}

export type WorkerReply =
  | {
      readonly kind: 'ready'
      readonly version: string
      readonly types: readonly (readonly [number, string])[]
    }
  | { readonly kind: 'answer'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'broken'; readonly message: string }

/** Small caches: what is kept here is a few thousand rows of catalog. */
const SETTINGS = [
  'shared_buffers=1MB',
  'max_connections=5',
  'autovacuum=off',
  'fsync=off',
  'jit=off',
  'log_min_messages=panic',
]

/**
 * Runs in a thread of its own, so that a statement that takes long keeps nobody waiting but its own kind, and can be ended by ending the
 * thread. It starts with the data directory that the build made (setup.ts). It knows nothing of sessions: it runs frames one request after another.
 */
async function run(port: NonNullable<typeof parentPort>): Promise<void> {
  const data = new Blob([readFileSync(new URL('./catalog.tar.gz', import.meta.url))])
  const database = await PGlite.create({ loadDataDir: data, postgresqlconf: SETTINGS })
  const { rows } = await database.query<{ oid: number; name: string }>(
    "SELECT oid::int4 AS oid, format_type(oid, NULL) AS name FROM pg_type WHERE typtype IN ('b', 'r', 'm') AND typname !~ '^pg_|^reg|^_?aclitem$'",
  )
  const [server] = (
    await database.query<{ version: string }>("SELECT current_setting('server_version') AS version")
  ).rows
  const reply = (message: WorkerReply): void => port.postMessage(message)
  reply({
    kind: 'ready',
    version: server?.version ?? '',
    types: rows.map(({ oid, name }) => [oid, name] as const),
  })
  let last: Promise<void> = Promise.resolve()
  port.on('message', ({ id, bytes }: WorkerRequest) => {
    last = last.then(async () => {
      try {
        reply({ kind: 'answer', id, bytes: await database.execProtocolRaw(bytes, { syncToFs: false }) })
      } catch (error) {
        reply({ kind: 'broken', message: error instanceof Error ? error.message : String(error) })
      }
    })
  })
}

if (parentPort !== null) {
  const port = parentPort
  run(port).catch((error: unknown) => {
    port.postMessage({ kind: 'broken', message: String(error) } satisfies WorkerReply)
  })
}
