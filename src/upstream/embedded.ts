import { readFileSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'

export interface Embedded {
  readonly host: string
  readonly port: number
  close(): Promise<void>
}

/**
 * The demo's upstream: a Postgres inside this process, behind a socket, so that it takes the same path as any other. One connection at a
 * time is safe, because all of them would share one session.
 *
 * @param seedSql run once; the data lives in memory
 */
export async function startEmbedded(seedSql: string): Promise<Embedded> {
  const data = new Blob([readFileSync(new URL('./embedded.tar.gz', import.meta.url))])
  const database = await PGlite.create({ loadDataDir: data })
  await database.exec(seedSql)
  const server = new PGLiteSocketServer({ db: database, host: '127.0.0.1', port: 0, maxConnections: 8 })
  await server.start()
  const [host, port] = server.getServerConn().split(':')
  return {
    host: host ?? '127.0.0.1',
    port: Number(port),
    async close() {
      await server.stop()
      await database.close()
    },
  }
}
