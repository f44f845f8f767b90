import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { printBackendFrame } from '../../src/protocol/trace.js'
import { type Gateway, startGateway } from '../support/gateway.js'
import { type Arena, askCatalog, type Ground, openSession } from './arena.js'
import { printReply } from './judge.js'
import { SECURITY_PROJECT } from './project.js'
import { queryFrame } from './wire.js'

/** Catalogs whose rows are counted. */
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

/** Catalogs whose rows are compared byte by byte: numbers of objects, counters, sizes and times among them. */
const COMPARED = [
  ...CATALOGS.filter((relation) => !/^(pg_authid|information_schema)/.test(relation)),
  'pg_database',
  'pg_locks',
  'pg_rewrite',
  'pg_settings',
  'pg_stat_all_indexes',
  'pg_stat_all_tables',
  'pg_stat_bgwriter',
  'pg_stat_checkpointer',
  'pg_stat_database',
  'pg_stat_io',
  'pg_stat_slru',
  'pg_stat_user_tables',
  'pg_stat_wal',
  'pg_stat_xact_all_tables',
  'pg_statio_all_tables',
  'pg_tablespace',
  'information_schema.tables',
  'information_schema.columns',
]
const ANSWERS = [
  ...COMPARED.map(
    (relation) => `SELECT to_jsonb(t) FROM ${relation} t ORDER BY to_jsonb(t)::text COLLATE "C"`,
  ),
  'SELECT oid, relname, relfilenode, pg_relation_filepath(oid), pg_total_relation_size(oid) FROM pg_class ORDER BY 1',
  "SELECT txid_current(), pg_current_xact_id(), pg_current_snapshot(), txid_current_snapshot(), pg_current_wal_lsn(), pg_last_wal_replay_lsn(), age('3'::xid)",
  "SELECT pg_postmaster_start_time(), pg_conf_load_time(), pg_database_size(current_database()), pg_relation_size('pg_class'), pg_tablespace_size('pg_default')",
  "SELECT g::regclass, g::regtype, g::regnamespace, pg_describe_object(1259, g::oid, 0), has_table_privilege(g::oid, 'select') FROM generate_series(16384, 18000) g",
  "SELECT pg_get_object_address('table', ARRAY['public', 'Orders'], '{}')",
  `SELECT table_to_xml('public."Orders"', true, true, '')`,
  `SELECT '"Orders"'::regclass::oid, '"Orders"'::regtype::oid, 'public'::regnamespace::oid, current_user::regrole::oid`,
  'SELECT id, secret FROM Orders ORDER BY id',
  'TABLE Users',
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

    test.each(ANSWERS)('%s', async (sql) => {
      const [one, other] = await Promise.all(
        [alone, arena().gateways[0]].map(async (gateway) => {
          const wire = await openSession(gateway, arena().ownToken)
          const reply = await wire.send(queryFrame(sql))
          wire.end()
          return reply.frames.map(printBackendFrame)
        }),
      )
      expect(other).toEqual(one)
    })
  })
}
