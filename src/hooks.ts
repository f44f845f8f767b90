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

/** Options that are used here, and the hook that each one is: two have older names. */
const USED: ReadonlyMap<string, keyof Hooks> = new Map([
  ['queryRewrite', 'queryRewrite'],
  ['queryTransformer', 'queryRewrite'],
  ['contextToAppId', 'contextToAppId'],
  ['contextToGroups', 'contextToGroups'],
  ['contextToRoles', 'contextToGroups'],
  ['extendContext', 'extendContext'],
  ['checkSqlAuth', 'checkSqlAuth'],
])

/** Options that would make tokens mean something else; to pass over them would open what they close. */
const MOVED: ReadonlyMap<string, string> = new Map([
  ['apiSecret', 'Set CUBEJS_API_SECRET instead.'],
  ['apiSecrets', 'Set CUBEJS_API_SECRETS instead, separated by commas.'],
  ['jwt', 'Set CUBEJS_JWK_URL and the CUBEJS_JWT_… variables instead.'],
])

/** Options of Cube that have no meaning here. */
const IGNORED = new Set(
  (
    'dbType externalDbType driverFactory externalDriverFactory dialectFactory externalDialectFactory ' +
    'schemaPath schemaVersion repositoryFactory allowJsDuplicatePropsInSchema allowUngroupedWithoutPrimaryKey allowNodeRequire ' +
    'scheduledRefreshContexts scheduledRefreshTimer scheduledRefreshTimeZones scheduledRefreshConcurrency scheduledRefreshBatchSize ' +
    'contextToOrchestratorId contextToDataSourceId contextToCubeStoreRouterId contextToApiScopes contextToPermissions ' +
    'checkAuth checkAuthMiddleware contextRejectionMiddleware wsContextAcceptor canSwitchSqlUser requestLoggerMiddleware ' +
    'sqlUser sqlPassword sqlSuperUser sqlPort pgSqlPort gatewayPort sqlCache semanticLayerSync ' +
    'compilerCacheSize maxCompilerCacheKeepAlive updateCompilerCacheKeepAlive orchestratorOptions cacheAndQueueDriver ' +
    'preAggregationsSchema basePath webSockets webSocketsBasePath http initApp gracefulShutdown serverless devServer ' +
    'dashboardAppPath dashboardAppPort processSubscriptionsInterval subscriptionStore livePreview fastReload logger event telemetry'
  ).split(' '),
)

/**
 * Loads cube.js of a project, as CommonJS whatever the surrounding package says, or as an ES module if it is written as one.
 *
 * @throws DiagnosticsError with every problem at once: it throws, or exports what cannot be used
 */
export function loadHooks(projectDir: string): LoadedHooks {
  const name = ['cube.js', 'cube.cjs', 'cube.mjs'].find((file) => existsSync(join(projectDir, file)))
  if (name === undefined) {
    refuseOtherLanguages(projectDir)
    return { hooks: {}, warnings: [] }
  }
  const exported = evaluate(resolve(projectDir, name), name)
  if (exported === null || typeof exported !== 'object' || Array.isArray(exported)) {
    throw new DiagnosticsError([problem(name, 'must export an object', 'Write module.exports = { … }.')])
  }
  return readOptions(exported, name)
}

function readOptions(exported: object, file: string): LoadedHooks {
  const hooks: Partial<Record<keyof Hooks, Hook>> = {}
  const problems: Diagnostic[] = []
  const warnings: Diagnostic[] = []
  for (const [option, value] of Object.entries(exported)) {
    const hook = USED.get(option)
    if (hook === undefined) {
      const moved = MOVED.get(option)
      if (moved !== undefined) problems.push(problem(file, `"${option}" is not read here`, moved))
      else if (IGNORED.has(option))
        warnings.push(problem(file, `"${option}" has no effect here`, 'It may stay for Cube.'))
      else
        problems.push(
          problem(
            file,
            `"${option}" is no option that is known`,
            `Options that are used here: ${[...USED.keys()].join(', ')}.`,
          ),
        )
    } else if (typeof value !== 'function') {
      problems.push(problem(file, `"${option}" must be a function`, `Write ${option}: (…) => { … }.`))
    } else if (hooks[hook] !== undefined) {
      problems.push(problem(file, `"${option}" and "${hook}" are the same option`, 'Keep one of them.'))
    } else hooks[hook] = value as Hook
  }
  if (problems.length > 0) throw new DiagnosticsError(problems)
  return { hooks: hooks as Hooks, warnings }
}

/** To start without their rules would show what they hide. */
function refuseOtherLanguages(projectDir: string): void {
  const name = ['cube.ts', 'cube.py'].find((file) => existsSync(join(projectDir, file)))
  if (name === undefined) return
  throw new DiagnosticsError([
    problem(name, 'the configuration is read from cube.js only', 'Write it in JavaScript, as cube.js.'),
  ])
}

function evaluate(path: string, name: string): unknown {
  try {
    return name.endsWith('.mjs') ? requireModule(path) : compile(path)
  } catch (error) {
    const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    const stack = error instanceof Error ? (error.stack ?? '') : ''
    const places = stack.split(path).map((rest) => /^:(\d+)(?::(\d+))?/.exec(rest))
    const [, line = '0', column = '0'] = places.find((place) => place !== null) ?? []
    const fix = line === '0' ? 'Mend the JavaScript of this file.' : 'Mend the JavaScript of this line.'
    throw new DiagnosticsError([{ file: name, line: Number(line), column: Number(column), message, fix }])
  }
}

function compile(path: string): unknown {
  // A package of ES modules around the project would make require() refuse the file.
  const module = new Module(path) as Module & { _compile(text: string, path: string): void }
  module.filename = path
  module.paths = createRequire(path).resolve.paths('x') ?? []
  try {
    module._compile(readFileSync(path, 'utf8'), path)
  } catch (error) {
    if (error instanceof SyntaxError && /\b(import|export)\b/.test(error.message)) return requireModule(path)
    throw error
  }
  return defaultExport(module.exports)
}

/** Node 20.19 and later load ES modules here; an earlier one says that it cannot. */
function requireModule(path: string): unknown {
  return defaultExport(createRequire(path)(path))
}

function defaultExport(exported: unknown): unknown {
  if (exported === null || typeof exported !== 'object') return exported
  const { default: main } = exported as { readonly default?: unknown }
  return main !== null && typeof main === 'object' ? main : exported
}

function problem(file: string, message: string, fix: string): Diagnostic {
  return { file, line: 0, column: 0, message, fix }
}
