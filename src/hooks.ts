import { existsSync, readFileSync } from 'node:fs'
import { createRequire, Module } from 'node:module'
import { join, resolve } from 'node:path'
import { type Diagnostic, DiagnosticsError } from './errors.js'

type Hook = (...args: never[]) => unknown

/** The functions of a project's cube.js that are used here. */
export interface Hooks {
  readonly queryRewrite?: (query: unknown, context: { readonly securityContext: unknown }) => unknown
  readonly contextToAppId?: (context: { readonly securityContext: unknown }) => unknown
  readonly contextToGroups?: (context: { readonly securityContext: unknown }) => unknown
  readonly extendContext?: (context: { readonly securityContext: unknown }) => unknown
  readonly checkSqlAuth?: (request: unknown, user: string, password: string) => unknown
}

export interface LoadedHooks {
  readonly hooks: Hooks
  readonly warnings: readonly Diagnostic[]
}

const USED = [
  'queryRewrite',
  'contextToAppId',
  'contextToGroups',
  'contextToRoles',
  'extendContext',
  'checkSqlAuth',
]
/** Options of Cube that have no meaning here. */
const IGNORED = new Set(
  (
    'driverFactory externalDriverFactory scheduledRefreshContexts contextToOrchestratorId contextToCubeStoreRouterId preAggregationsSchema ' +
    'schemaVersion repositoryFactory telemetry scheduledRefreshTimer scheduledRefreshTimeZones orchestratorOptions cacheAndQueueDriver ' +
    'dbType basePath webSocketsBasePath jwt http checkAuth canSwitchSqlUser logger allowUngroupedWithoutPrimaryKey sqlCache compilerCacheSize ' +
    'maxCompilerCacheKeepAlive updateCompilerCacheKeepAlive allowJsDuplicatePropsInSchema dialectFactory semanticLayerSync fastReload ' +
    'schemaPath pgSqlPort sqlPort sqlUser sqlPassword processSubscriptionsInterval subscriptionStore livePreview devServer apiSecret ' +
    'initApp contextToApiScopes processUnnestArrayWithLabel scheduledRefreshConcurrency scheduledRefreshBatchSize scheduledRefreshTimeZones'
  ).split(' '),
)

/**
 * Loads cube.js of a project, as CommonJS whatever the surrounding package says.
 *
 * @throws DiagnosticsError if it throws, or exports what cannot be used
 */
export function loadHooks(projectDir: string): LoadedHooks {
  const path = ['cube.js', 'cube.cjs'].map((name) => join(resolve(projectDir), name)).find(existsSync)
  if (path === undefined) return { hooks: {}, warnings: [] }
  const exported = evaluate(path)
  if (exported === null || typeof exported !== 'object') {
    throw problem('cube.js must export an object', 'Write module.exports = { … }.')
  }
  const hooks: Record<string, Hook> = {}
  const warnings: Diagnostic[] = []
  for (const [name, value] of Object.entries(exported)) {
    if (IGNORED.has(name)) {
      warnings.push({
        file: 'cube.js',
        line: 0,
        column: 0,
        message: `"${name}" has no effect here`,
        fix: 'It may stay for Cube.',
      })
    } else if (!USED.includes(name)) {
      throw problem(
        `cube.js exports the unknown option "${name}"`,
        `Options that are used here: ${USED.join(', ')}.`,
      )
    } else if (typeof value !== 'function') {
      throw problem(`"${name}" of cube.js must be a function`, `Write ${name}: (…) => { … }.`)
    } else hooks[name === 'contextToRoles' ? 'contextToGroups' : name] = value as Hook
  }
  return { hooks: hooks as Hooks, warnings }
}

function evaluate(path: string): unknown {
  // A package of ES modules around the project would make require() refuse the file.
  const module = new Module(path) as Module & { _compile(text: string, path: string): void }
  module.filename = path
  module.paths = createRequire(path).resolve.paths('x') ?? []
  try {
    module._compile(readFileSync(path, 'utf8'), path)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const line = error instanceof Error ? Number(/cube\.c?js:(\d+)/.exec(error.stack ?? '')?.[1] ?? 0) : 0
    throw new DiagnosticsError([
      { file: 'cube.js', line, column: 0, message, fix: 'Mend the JavaScript of this line.' },
    ])
  }
  return module.exports
}

function problem(message: string, fix: string): DiagnosticsError {
  return new DiagnosticsError([{ file: 'cube.js', line: 0, column: 0, message, fix }])
}
