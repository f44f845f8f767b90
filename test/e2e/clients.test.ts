import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway, token } from '../support/gateway.js'
import { CLIENTS } from './clients/clients.js'
import { CLAIMS, PROJECT, seed } from './clients/project.js'
import { type Outcome, runClient, table } from './clients/run.js'

/** What every client checks, besides its own: introspection is one or several of the others. */
const COMMON = ['login', 'columns', 'grouped', 'parameters', 'large result', 'error']

const installed = CLIENTS.filter((client) => client.installed())
const missing = CLIENTS.filter((client) => !installed.includes(client))
const outcomes = new Map<string, Outcome>()

let cluster: Cluster
let gateway: Gateway
let environment: Readonly<Record<string, string>>

beforeAll(async () => {
  cluster = await startCluster()
  await seed(cluster)
  gateway = await startGateway(cluster, PROJECT, {
    ROWGATE_TLS_CERT: 'test/support/tls/cert.pem',
    ROWGATE_TLS_KEY: 'test/support/tls/key.pem',
  })
  environment = {
    PGHOST: gateway.host,
    PGPORT: String(gateway.port),
    PGUSER: 'ann',
    PGDATABASE: 'db',
    PGPASSWORD: await token(CLAIMS),
  }
})

afterAll(async () => {
  process.stdout.write(table(installed, missing, outcomes))
  await gateway?.stop()
  await cluster?.stop()
})

describe('clients that are installed', () => {
  test('psql and the ones of npm, at least', () => {
    expect(environment['PGPASSWORD']?.length).toBeGreaterThan(2_000)
    expect(installed.map(({ name }) => name)).toEqual(expect.arrayContaining(['psql', 'pg', 'postgres.js']))
  })

  test.concurrent.for(installed)('$name', { timeout: 500_000 }, async (client, { expect: expectHere }) => {
    const outcome = await runClient(client, environment)
    outcomes.set(client.name, outcome)
    const wrong = outcome.checks.filter(({ detail }) => detail !== 'ok')
    expectHere(wrong).toEqual([])
    expectHere(outcome.checks.map(({ name }) => name)).toEqual(expect.arrayContaining(COMMON))
  })
})
