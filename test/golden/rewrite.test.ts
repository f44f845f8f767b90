import { readdirSync } from 'node:fs'
import { beforeAll } from 'vitest'
import { parsePayload, payloadClaims } from '../../src/auth/payload.js'
import { createSecurityContext } from '../../src/auth/security-context.js'
import { compileModel } from '../../src/model/compile.js'
import type { ModelFile } from '../../src/model/definition.js'
import { visibleTables } from '../../src/plan/table.js'
import { typeModel } from '../../src/probe.js'
import { createKeptPlans, createPlanner } from '../../src/session/planner.js'
import { DEFAULT_SQL_LIMITS } from '../../src/sql/limits.js'
import { loadParser, parseStatements } from '../../src/sql/parse.js'
import { runGolden } from '../support/golden.js'
import { PROJECT } from '../support/tenants.js'

beforeAll(loadParser)

const files: ModelFile[] = Object.entries(PROJECT).map(([path, text]) => ({ path, text }))

/** Types as the upstream of the tests gives them. */
const OIDS: Readonly<Record<string, number>> = {
  id: 23,
  user_id: 23,
  company_id: 23,
  amount: 1700,
  created_at: 1184,
  flag: 16,
  kind: 16_390,
}

/**
 * Input: claims as JSON on the first line, SQL below. Output: the SQL that goes upstream, and its parameters.
 */
async function rewrite(input: string): Promise<string> {
  const [claimsText = '{}', ...lines] = input.split('\n')
  const sql = lines.join('\n')
  const context = createSecurityContext({
    claims: payloadClaims(parsePayload(claimsText)),
    expiresAtMs: undefined,
    user: 'ann',
  })
  const { model } = compileModel(files, context.claims, { projectDir: '.', environment: {} })
  const typed = await typeModel(model, context, {
    findTable: () => Promise.resolve(new Map()),
    describe: (text) => {
      const names = [...text.matchAll(/ AS "([a-z_]+)"(?=[,\s])/g)].map(([, name]) => name ?? '')
      return Promise.resolve({
        fields: names.map((name) => ({ typeOid: OIDS[name] ?? 25, typeModifier: -1 })),
        parameterOids: [],
      })
    },
  })
  const facts = { user: 'ann', database: 'db', processId: 1, version: 'PostgreSQL 18' }
  const planner = createPlanner({
    kept: createKeptPlans(1),
    functionsAllowed: new Set(['shop.distance']),
    contextId: '',
    typed,
    tables: visibleTables(typed, { context, groups: [] }),
    context,
    groups: [],
    facts,
    queryRewrite: undefined,
  })
  const { statements, at } = parseStatements(sql, DEFAULT_SQL_LIMITS)
  const [statement] = statements
  if (statement === undefined || !('SelectStmt' in statement.node)) return 'no SELECT'
  if (planner.route(statement.node.SelectStmt, at) === 'catalog') return 'answered by the catalog'
  const { plan, statement: upstream } = await planner.plan({
    select: statement.node.SelectStmt,
    at,
    declaredOids: [],
    form: 'bind',
    cached: true,
  })
  const parameters = plan.parameters.map(
    ({ value, typeOid, source }, index) =>
      `$${upstream.clientParameterCount + index + 1} = ${value} (${typeOid}, ${source})`,
  )
  return [plan.sql, ...parameters].join('\n')
}

for (const file of readdirSync('test/golden/rewrite')) runGolden(`test/golden/rewrite/${file}`, rewrite)
