import { connect, createServer, type Socket } from 'node:net'
import type { Cluster } from './cluster.js'

/** A real Postgres behind a wire on which a test may listen and meddle. */
export interface Tap {
  /** The cluster, reached through the wire. */
  readonly cluster: Cluster
  /** What was sent to the server so far, over all connections. */
  sent(): string
  stop(): void
}

export interface Meddler {
  /** What goes to the server in place of these bytes; they must stay as many. */
  asked(bytes: Buffer): Buffer
  /** Whether the wire is cut before these bytes of the server pass. */
  cuts(bytes: Buffer): boolean
}

export async function tapCluster(cluster: Cluster, meddler: Meddler): Promise<Tap> {
  const sockets = new Set<Socket>()
  const sent: Buffer[] = []
  // Each side's end is passed on as it comes: a cancel was taken when the server hangs up, and not before.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ host: cluster.host, port: cluster.port, allowHalfOpen: true })
    for (const socket of [client, upstream]) sockets.add(socket)
    client.on('data', (bytes) => {
      sent.push(bytes)
      upstream.write(meddler.asked(bytes))
    })
    upstream.on('data', (bytes) => {
      if (!meddler.cuts(bytes)) return client.write(bytes)
      client.end()
      return upstream.destroy()
    })
    client.on('end', () => upstream.end())
    upstream.on('end', () => client.end())
    client.on('error', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  return {
    cluster: { ...cluster, port },
    sent: () => Buffer.concat(sent).toString('latin1'),
    stop() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
