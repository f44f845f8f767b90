import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, expect, vi } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway, token } from '../support/gateway.js'
import { runGolden } from '../support/golden.js'
import { createReferenceViews, PROJECT, seedTenants } from '../support/tenants.js'
import { type Peer, speak } from '../support/wire.js'

/**
 * Input: a script of frontend messages (`test/support/script.ts` has its notation). Output: the trace of both directions.
 *
 * A case is spoken twice: to the gateway, and to Postgres itself over views that show the same rows. The traces must be the same, unless the
 * name of the case begins with `own:`, because there the gateway means to answer otherwise.
 */
const FOLDER = 'test/golden/trace'
const CLAIMS = { user_id: 3, company_id: 2 }

let cluster: Cluster
let theirs: Peer
/** One for each file, so that no file's cases come upon connections on which another's have set something. */
const gateways = new Map<string, Promise<Gateway>>()

beforeAll(async () => {
  cluster = await startCluster()
  await seedTenants(cluster)
  await createReferenceViews(cluster, { userId: CLAIMS.user_id, companyId: CLAIMS.company_id })
  await createReader()
})

afterAll(async () => {
  for (const gateway of gateways.values()) await (await gateway).stop()
  await cluster?.stop()
})

/** Somebody who may read the views, and nothing else, and is asked for a password as the gateway asks. */
async function createReader(): Promise<void> {
  await cluster.query(`CREATE VIEW reference.orders AS SELECT * FROM reference."Orders"`)
  await cluster.query(`CREATE VIEW reference.users AS SELECT * FROM reference."Users"`)
  await cluster.query(`CREATE ROLE ann LOGIN PASSWORD 'secret'`)
  await cluster.query('CREATE DATABASE db')
  await cluster.query('GRANT USAGE ON SCHEMA reference TO ann')
  await cluster.query('GRANT SELECT ON ALL TABLES IN SCHEMA reference TO ann')
  await cluster.query('ALTER ROLE ann SET search_path = reference')
  await cluster.query('ALTER ROLE ann SET default_transaction_read_only = on')
  const { rows } = await cluster.query('SHOW hba_file')
  const rules = `SELECT 'host all ann all password' UNION ALL SELECT 'host all all all trust'`
  await cluster.query(`COPY (${rules}) TO '${(rows[0] as { hba_file: string }).hba_file}'`)
  const { rows: before } = await cluster.query('SELECT pg_conf_load_time()::text AS at')
  await cluster.query('SELECT pg_reload_conf()')
  await vi.waitFor(async () => {
    expect((await cluster.query('SELECT pg_conf_load_time()::text AS at')).rows).not.toEqual(before)
  })
  theirs = {
    host: cluster.host,
    port: cluster.port,
    user: 'ann',
    database: cluster.database,
    password: 'secret',
  }
}

async function gatewayOf(file: string): Promise<Peer> {
  const starting = gateways.get(file) ?? openGateway()
  gateways.set(file, starting)
  const { host, port } = await starting
  return { host, port, user: 'ann', database: 'db', password: await token(CLAIMS) }
}

/** Its catalog knows the tables before the first case: a login waits for that, but on a busy machine not long enough. */
async function openGateway(): Promise<Gateway> {
  const gateway = await startGateway(cluster, PROJECT)
  const client = await gateway.client(CLAIMS)
  await client.query('SELECT count(*) FROM pg_catalog.pg_class')
  await client.end()
  return gateway
}

/** What no client acts upon: where an error arose in the server, the order of parameters, and the number of a table, which the gateway hides. */
function comparable(trace: string): string {
  return trace
    .replace(/@table/g, '@0')
    .replace(/ \| [FLRW]=[^|\n]*?(?= \||$)/gm, '')
    .replace(
      /^(?:B ParameterStatus .*\n)+/gm,
      (lines) => `${lines.trimEnd().split('\n').sort().join('\n')}\n`,
    )
}

for (const file of readdirSync(FOLDER)) {
  runGolden(`${FOLDER}/${file}`, async (script, name) => {
    const trace = await speak(script, await gatewayOf(file))
    if (!name.startsWith('own:') && process.env['UPDATE_GOLDEN'] !== '1')
      expect(comparable(trace), 'differs from Postgres').toBe(comparable(await speak(script, theirs)))
    return trace
  })
}
