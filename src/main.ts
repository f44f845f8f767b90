import { signToken } from './auth/sign.js'
import type { Config } from './config.js'
import { DiagnosticsError } from './errors.js'
import type { Observe } from './events.js'
import { createModels } from './models.js'
import { createAudit } from './observe/audit.js'
import { createLog } from './observe/log.js'
import { openProject, type Print } from './project.js'
import { openGateway } from './serve.js'

export interface Serving {
  readonly port: number
  close(): Promise<void>
}

/** Serves until closed. @throws DiagnosticsError, PgError, or the error of listen() */
export async function serve(config: Config, print: Print): Promise<Serving> {
  const log = createLog(config.logLevel, { format: config.logFormat })
  const { target } = config.audit
  const audit = target === undefined ? undefined : openAudit(target, log)
  const observe: Observe = (event) => {
    log(event)
    audit?.(event)
  }
  const project = await openProject(config, { observe, print, environment: process.env })
  const nowMs = Date.now
  const { secrets } = config.auth
  const models = createModels(
    { files: project.files, modelsMax: config.limits.modelsMax, ...project.evaluate },
    { probes: project, observe, nowMs },
  )
  try {
    const gate = await openGateway({
      config,
      hooks: project.hooks,
      models,
      pool: project.pool,
      upstream: project.upstream,
      secrets,
      observe,
      nowMs,
    })
    if (config.upstream === undefined) await printDemo(config, gate.port, secrets, print)
    print(`Rowgate accepts connections on ${config.listen.host}:${gate.port}`)
    return {
      port: gate.port,
      async close() {
        await gate.close(config.listen.drainTimeoutMs)
        await project.close()
      },
    }
  } catch (error) {
    await project.close()
    throw error
  }
}

/** Without the audit that was asked for nobody is served. @throws DiagnosticsError */
function openAudit(target: string, log: Observe): Observe {
  try {
    return createAudit(target, (error) =>
      log({ kind: 'warning', message: `the audit cannot be written, events are lost: ${String(error)}` }),
    )
  } catch (error) {
    throw new DiagnosticsError([
      {
        file: 'ROWGATE_AUDIT',
        line: 0,
        column: 0,
        message: `the file "${target}" cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
        fix: 'Name a file that may be appended to, or stdout.',
      },
    ])
  }
}

const DEMO_PEOPLE = [
  { name: 'ada', claims: { user_id: 1, company_id: 1 } },
  { name: 'ben', claims: { user_id: 2, company_id: 2 } },
]

async function printDemo(
  config: Config,
  port: number,
  secrets: readonly string[],
  print: Print,
): Promise<void> {
  const [secret] = secrets
  if (secret === undefined) return
  print('')
  print('Two people, one question, each with their own rows (tokens are good for a day):')
  for (const { name, claims } of DEMO_PEOPLE) {
    const token = await signToken({ claims, secret, expiresInSeconds: 86_400, nowMs: Date.now() })
    print('')
    print(
      `PGPASSWORD='${token}' psql -h ${config.listen.host} -p ${port} -U ${name} -d ${config.database} -c 'SELECT status, MEASURE(count), SUM(total_amount) FROM Orders GROUP BY 1'`,
    )
  }
  print('')
}
