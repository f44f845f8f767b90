import { readdirSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway } from '../support/gateway.js'
import { runGolden } from '../support/golden.js'
import { PROJECT, seedTenants } from '../support/tenants.js'

let cluster: Cluster
let gateway: Gateway
let client: pg.Client

beforeAll(async () => {
  cluster = await startCluster()
  await seedTenants(cluster)
  gateway = await startGateway(cluster, PROJECT)
  client = await gateway.client({ user_id: 3, company_id: 2 })
})

afterAll(async () => {
  await client?.end()
  await gateway?.stop()
  await cluster?.stop()
})

/** Input: statements as a tool sends them, in one text. Output: column names and rows of each, or the error. */
async function replay(sql: string): Promise<string> {
  try {
    const answer: unknown = await client.query({ text: sql, rowMode: 'array' })
    return (Array.isArray(answer) ? (answer as pg.QueryArrayResult[]) : [answer as pg.QueryArrayResult])
      .map(({ command, fields, rows }) =>
        [
          `${command}: ${fields.map(({ name }) => name).join(' | ')}`,
          ...rows.map((row) => `  ${JSON.stringify(row)}`),
        ].join('\n'),
      )
      .join('\n')
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error
    const { code, message, hint } = error
    return `ERROR ${code}: ${message}${hint === undefined ? '' : `\nHINT: ${hint}`}`
  }
}

for (const file of readdirSync('test/golden/catalog')) runGolden(`test/golden/catalog/${file}`, replay)
