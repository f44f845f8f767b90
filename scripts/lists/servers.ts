import { type Cluster, MAJORS, startCluster } from '../../test/support/cluster.js'
import type { ServersLists } from './modules.js'
import { readServer, type ServerLists } from './server.js'

/**
 * Starts a server of each supported version, one after the other, and asks it for its lists.
 *
 * @param more what else to ask it before it stops
 */
export async function readServers(
  more?: (server: Cluster, lists: ServerLists, major: number) => Promise<void>,
): Promise<ServersLists> {
  const servers: (readonly [number, ServerLists])[] = []
  for (const major of MAJORS) {
    const server = await startCluster({ major })
    try {
      const lists = await readServer((sql) => server.query(sql))
      servers.push([major, lists])
      await more?.(server, lists, major)
    } finally {
      await server.stop()
    }
  }
  return new Map(servers)
}
