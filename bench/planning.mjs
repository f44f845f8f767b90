import { readdirSync, readFileSync } from 'node:fs'
import { parsePayload, payloadClaims } from '../dist/auth/payload.js'
import { createSecurityContext } from '../dist/auth/security-context.js'
import { compileModel } from '../dist/model/compile.js'
import { visibleTables } from '../dist/plan/table.js'
import { typeModel } from '../dist/probe.js'
import { createKeptPlans, createPlanner } from '../dist/session/planner.js'
import { printChecked } from '../dist/sql/checked.js'
import { DEFAULT_SQL_LIMITS } from '../dist/sql/limits.js'
import { loadParser, parseStatements } from '../dist/sql/parse.js'
import { printStatement } from '../dist/sql/print/statement.js'
import { PROJECT } from '../test/support/tenants.ts'
import { quantile } from './quantile.mjs'

const CLAIMS = '{"user_id":3,"company_id":2}'
const INT8 = 20
const TEXT = 25

/** SELECTs of the golden files, and those that the differential suite compares with Postgres. */
function corpus() {
  const golden = readdirSync('test/golden/rewrite').flatMap((file) =>
    readFileSync(`test/golden/rewrite/${file}`, 'utf8')
      .split(/^# .*\n/m)
      .slice(1)
      .map((text) => text.split('\n----')[0] ?? '')
      .map((text) => text.slice(text.indexOf('\n') + 1)),
  )
  const compared = readFileSync('test/e2e/differential/select.sql', 'utf8').split('\n')
  return [...new Set([...golden, ...compared])].filter((sql) => /^\s*(SELECT|WITH)/i.test(sql))
}

async function createBenchPlanner() {
  await loadParser()
  const context = createSecurityContext({
    claims: payloadClaims(parsePayload(CLAIMS)),
    expiresAtMs: undefined,
    user: 'ann',
  })
  const files = Object.entries(PROJECT).map(([path, text]) => ({ path, text }))
  const { model } = compileModel(files, context.claims, { projectDir: '.', environment: {} })
  const typed = await typeModel(model, context, {
    findTable: async () => new Map(),
    describe: async () => ({
      fields: Array.from({ length: 100 }, () => ({ typeOid: TEXT, typeModifier: -1 })),
      parameterOids: Array.from({ length: 10 }, () => INT8),
    }),
  })
  // A new one each time: what is measured is a plan that nobody made before.
  return () =>
    createPlanner({
      kept: createKeptPlans(1),
      functionsAllowed: new Set(),
      contextId: '',
      typed,
      tables: visibleTables(typed, { context, groups: [] }),
      context,
      groups: [],
      facts: { user: 'ann', database: 'db', processId: 1, version: 'PostgreSQL 18' },
      queryRewrite: undefined,
    })
}

/** Microseconds of one call. @param {() => unknown} work @param {number} times */
async function timeOf(work, times) {
  const startedMs = performance.now()
  for (let done = 0; done < times; done += 1) await work()
  return ((performance.now() - startedMs) * 1_000) / times
}

/** Golden files hold refused statements too, which are not what is measured. */
const refused = () => undefined

/** The tree of a text that is one statement. @param {string} sql */
function only(sql) {
  try {
    const { statements } = parseStatements(sql, DEFAULT_SQL_LIMITS)
    return statements.length === 1 ? statements[0]?.node : undefined
  } catch {
    return undefined
  }
}

/**
 * What each stage costs a statement of the corpus, in µs; in this process, while nothing else is measured.
 *
 * @typedef {{ parse: number, plan: number, print: number, prove: number }} Stages
 * @param {{ times: number }} options how often each statement goes through each stage
 */
export async function measurePlanning({ times }) {
  const planner = await createBenchPlanner()
  /** @param {string} sql */
  const prepared = (sql) => {
    const node = only(sql)
    if (node === undefined || !('SelectStmt' in node)) return undefined
    const select = node.SelectStmt
    return () => planner().plan({ select, at: () => undefined, declaredOids: [], form: 'bind', cached: true })
  }
  /** @type {Stages[]} */
  const stages = []
  // The first time through warms up.
  for (const pass of [1, 2]) {
    for (const sql of corpus()) {
      const planned = prepared(sql)
      const node =
        planned === undefined ? undefined : await planned().then(({ plan }) => only(plan.sql), refused)
      if (planned === undefined || node === undefined) continue
      const parse = await timeOf(() => parseStatements(sql, DEFAULT_SQL_LIMITS), times)
      const whole = await timeOf(planned, times)
      const print = await timeOf(() => printStatement(node), times)
      const checked = await timeOf(() => printChecked(node), times)
      if (pass === 2) stages.push({ parse, plan: whole - checked, print, prove: checked - print })
    }
  }
  /** @param {number} share @returns {Stages} */
  const at = (share) => ({
    parse: quantile(
      stages.map(({ parse }) => parse),
      share,
    ),
    plan: quantile(
      stages.map(({ plan }) => plan),
      share,
    ),
    print: quantile(
      stages.map(({ print }) => print),
      share,
    ),
    prove: quantile(
      stages.map(({ prove }) => prove),
      share,
    ),
  })
  return { statements: stages.length, p50: at(0.5), p90: at(0.9) }
}
