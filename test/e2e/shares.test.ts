import type pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway } from '../support/gateway.js'
import { PROJECT, seedTenants } from '../support/tenants.js'

const ANN = { user_id: 3, company_id: 2 }
const BEN = { user_id: 5, company_id: 1 }
const SLOW = 'SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 2) b'

let cluster: Cluster
let gateway: Gateway
let open: pg.Client[] = []

beforeAll(async () => {
  cluster = await startCluster()
  await seedTenants(cluster)
  gateway = await startGateway(cluster, PROJECT, {
    ROWGATE_UPSTREAM_CONNECTIONS_MAX: '3',
    ROWGATE_UPSTREAM_ACQUIRE_TIMEOUT_MS: '4000',
  })
})

afterAll(async () => {
  await gateway?.stop()
  await cluster?.stop()
})

afterEach(async () => {
  await Promise.all(open.map((client) => client.end()))
  open = []
})

async function logIn(claims: object, user: string): Promise<pg.Client> {
  const client = await gateway.client(claims, { user })
  client.on('error', () => undefined)
  open.push(client)
  return client
}

/** A session that keeps its connection, because it is in a block that has asked something. */
async function hold(claims: object, user: string): Promise<pg.Client> {
  const client = await logIn(claims, user)
  await client.query('BEGIN')
  await client.query('SELECT count(*) FROM Orders')
  return client
}

describe('upstream connections', () => {
  test('a login that holds as many as it may waits for its own, by whatever name, and nobody else does', async () => {
    await hold(ANN, 'ann')
    const second = await hold(ANN, 'somebody')
    await expect(hold(ANN, 'else')).rejects.toMatchObject({ code: '53300' })
    const ben = await logIn(BEN, 'ben')
    expect((await ben.query('SELECT count(*)::int AS n FROM Orders')).rows).toEqual([{ n: 50 }])
    await second.query('ROLLBACK')
    await hold(ANN, 'ann')
  })

  test('whoever holds fewest is served first, however many wait before', async () => {
    const order: string[] = []
    const note = (name: string) => (): void => void order.push(name)
    await hold(BEN, 'ben')
    const anns = await Promise.all([1, 2, 3, 4].map(() => logIn(ANN, 'ann')))
    const cid = await logIn({ user_id: 6, company_id: 1 }, 'cid')
    const running = anns.map((client) => client.query(SLOW).then(note('ann'), note('ann failed')))
    await new Promise((resolve) => setTimeout(resolve, 100))
    await cid.query('SELECT count(*) FROM Orders').then(note('cid'))
    await Promise.all(running)
    // The first two were under way.
    expect(order.indexOf('cid')).toBeLessThanOrEqual(2)
  })

  test('what was lost is given back to its owner', async () => {
    await hold(ANN, 'ann')
    await hold(ANN, 'ann')
    await cluster.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rowgate' AND state = 'idle in transaction'`,
    )
    await hold(ANN, 'ann')
    await hold(ANN, 'ann')
  })
})
