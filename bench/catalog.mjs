import { resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { startCluster } from '../test/support/cluster.ts'
import { gatewayEnvironment, token, writeProject } from '../test/support/gateway.ts'
import { residentMiB, rest, startServer } from './process.mjs'

const CUBES = 200
const ROUNDS = 15

/** @param {readonly number[]} values */
const median = (values) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
const row = (...cells) => process.stdout.write(`| ${cells.join(' | ')} |\n`)

/** A project of many cubes over one table, twenty columns each. */
function project() {
  const dimensions = Array.from({ length: 19 }, (_, index) => `c${index}: { sql: 'v', type: 'string' }`).join(
    ', ',
  )
  const cube = (_, index) =>
    `cube('Cube${index}', { sql_table: 'public.t', title: 'The cube ${index}', dimensions: { id: { sql: 'id', type: 'number', primary_key: true }, ${dimensions} } })`
  return { 'model/cubes.js': Array.from({ length: CUBES }, cube).join('\n') }
}

const cluster = await startCluster()
await cluster.query('CREATE TABLE public.t (id int PRIMARY KEY, v text)')
const server = await startServer(
  process.execPath,
  [resolve('dist/cli.js'), 'serve', '--project', writeProject(project())],
  gatewayEnvironment(cluster),
)
const open = async () => {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: server.port,
    user: 'ann',
    database: 'db',
    password: await token({ user_id: 1 }),
  })
  await client.connect()
  return client
}
/** @param {() => Promise<unknown>} work */
const timed = async (work) => {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

row('what', 'ms')
row('---', '--:')
row(
  'first login, with the catalog still to be made',
  (await timed(async () => (await open()).end())).toFixed(0),
)
const client = await open()
const logins = []
for (let round = 0; round < ROUNDS; round += 1)
  logins.push(
    await timed(async () => {
      const next = await open()
      await next.query('SELECT id FROM "Cube1" LIMIT 1')
      await next.end()
    }),
  )
row('login to first row of a cube', median(logins).toFixed(1))

const questions = {
  'all tables': 'SELECT relname FROM pg_class WHERE relkind = $$r$$',
  'all columns (information_schema)':
    'SELECT table_name, column_name, data_type FROM information_schema.columns',
  'columns of one table':
    'SELECT attname FROM pg_attribute WHERE attrelid = $$"Cube7"$$::regclass AND attnum > 0',
}
for (const [name, sql] of Object.entries(questions)) {
  const cold = []
  for (let round = 0; round < ROUNDS; round += 1)
    cold.push(await timed(() => client.query(`${sql} -- ${round}`)))
  const kept = []
  for (let round = 0; round < ROUNDS; round += 1) kept.push(await timed(() => client.query(sql)))
  row(`${name}, cold`, median(cold).toFixed(1))
  row(`${name}, kept`, median(kept).toFixed(1))
}
await client.end()
await rest(server.pid)
await setTimeout(5_000)
row(
  `memory of the whole process with ${CUBES} cubes of 20 columns, settled (MiB)`,
  residentMiB(server.pid).toFixed(0),
)
await server.stop()
await cluster.stop()
process.exit(0)
