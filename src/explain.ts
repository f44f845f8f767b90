import type { Config } from './config.js'
import { contextFacts, contextOfText } from './contexts.js'
import { PgError } from './errors.js'
import type { Observe } from './events.js'
import { createModels } from './models.js'
import { visibleTables } from './plan/table.js'
import { openProject, type ProjectDeps } from './project.js'
import { explainLines } from './session/explain.js'
import { createKeptPlans, createPlanner } from './session/planner.js'
import { DEFAULT_SQL_LIMITS } from './sql/limits.js'
import { parseStatements } from './sql/parse.js'

/** Prints what a statement becomes for these claims: the SQL, its parameters, and per cube what limits its rows. */
export async function explain(
  config: Config,
  { print, environment }: Omit<ProjectDeps, 'observe'>,
  request: { readonly claimsText: string; readonly sql: string },
): Promise<void> {
  const observe: Observe = () => undefined
  const context = contextOfText(request.claimsText)
  const project = await openProject(config, { observe, print: () => undefined, environment })
  try {
    const { appId, groups, queryRewrite } = await contextFacts(project.hooks, context)
    const models = createModels(
      { files: project.files, modelsMax: 1, ...project.evaluate },
      { probes: project, observe, nowMs: Date.now },
    )
    const typed = await models.forContext(context, appId)
    const facts = { user: context.user, database: config.database, processId: 0, version: 'PostgreSQL' }
    const planner = createPlanner({
      kept: createKeptPlans(1),
      functionsAllowed: config.functionsAllowed,
      contextId: '',
      typed,
      tables: visibleTables(typed, { context, groups }),
      context,
      groups,
      facts,
      queryRewrite,
    })
    const { statements, at } = parseStatements(request.sql, DEFAULT_SQL_LIMITS)
    if (statements.length === 0) {
      throw new PgError('syntax_error', 'there is no statement to explain', {
        hint: "Give one, as in 'SELECT 1'.",
      })
    }
    for (const { node } of statements) {
      if (!('SelectStmt' in node))
        throw new PgError('feature_not_supported', 'only a SELECT can be explained')
      if (planner.route(node.SelectStmt, at) === 'catalog') {
        print('answered by the embedded catalog, which holds no rows of anyone')
        continue
      }
      const { plan, statement } = await planner.plan({
        select: node.SelectStmt,
        at,
        declaredOids: [],
        form: 'bind',
        cached: false,
      })
      print(plan.sql)
      print('')
      for (const [index, parameter] of plan.parameters.entries()) {
        print(
          `$${statement.clientParameterCount + index + 1} = ${parameter.value}  (type OID ${parameter.typeOid}, from ${parameter.source})`,
        )
      }
      for (const line of explainLines(plan)) print(line)
    }
  } finally {
    await project.close()
  }
}
