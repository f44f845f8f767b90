import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../support/gateway.js'
import { type Arena, askCatalog, type Ground, openSession } from './arena.js'
import { printReply } from './judge.js'
import { SECURITY_PROJECT } from './project.js'
import { queryFrame } from './wire.js'

/** Catalogs whose rows are counted; numbers of objects are never compared, because they depend on who came first. */
const CATALOGS = [
  'pg_class',
  'pg_type',
  'pg_attribute',
  'pg_attrdef',
  'pg_constraint',
  'pg_index',
  'pg_depend',
  'pg_shdepend',
  'pg_description',
  'pg_namespace',
  'pg_authid',
  'pg_roles',
  'pg_proc',
  'pg_tables',
  'pg_trigger',
  'information_schema.tables',
  'information_schema.columns',
  'information_schema.table_constraints',
  'information_schema.key_column_usage',
]

/** The catalog of a context is the same whether or not others, who see more, asked for theirs before. */
export function describeCatalog(ground: () => Ground, arena: () => Arena): void {
  describe('the catalog does not tell who else there is', () => {
    let alone: Gateway

    beforeAll(async () => {
      alone = await startGateway(ground().databases.a, SECURITY_PROJECT)
      await askCatalog(alone, arena().ownToken)
    })
    afterAll(async () => {
      await alone?.stop()
    })

    test.each(CATALOGS)('%s', async (relation) => {
      const answers = await Promise.all(
        [alone, arena().gateways[0]].map(async (gateway) => {
          const wire = await openSession(gateway, arena().ownToken)
          const reply = await wire.send(queryFrame(`SELECT count(*) FROM ${relation}`))
          wire.end()
          return printReply(reply)
        }),
      )
      expect(answers[1]).toBe(answers[0])
    })
  })
}
