#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { check } from './check.js'
import { type Config, type Environment, loadConfig } from './config.js'
import { readEnvironment } from './environment.js'
import { DiagnosticsError, PgError } from './errors.js'
import { explain } from './explain.js'
import { serve } from './main.js'
import { printSettings } from './settings.js'
import { createToken } from './token.js'

const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** Ends the process with one clear sentence per problem; a stack trace helps nobody who cannot change this code. */
function fail(error: unknown): never {
  process.stderr.write(`${describe(error)}\n`)
  process.exit(1)
}

function describe(error: unknown): string {
  if (error instanceof DiagnosticsError) return error.message
  if (error instanceof PgError) {
    const place = error.position === undefined ? '' : ` (at character ${error.position})`
    const unreachable = error.condition === 'sqlclient_unable_to_establish_sqlconnection'
    const hint = unreachable
      ? 'See that it runs, and that CUBEJS_DB_HOST, _PORT, _NAME, _USER, _PASS and _SSL are right.'
      : error.hint
    const fix = hint === undefined ? '' : `\n    fix: ${hint}`
    return `rowgate: ${error.message}${place}${causeText(error)}${fix}`
  }
  const { code, syscall, address, hostname, port, message } = error as {
    code?: string
    syscall?: string
    address?: string
    hostname?: string
    port?: number
    message?: string
  }
  if (code === 'EADDRINUSE')
    return `rowgate: port ${port} of ${address} is in use\n    fix: Stop what listens there, or set CUBEJS_PG_SQL_PORT.`
  if (code === 'EADDRNOTAVAIL' || syscall === 'getaddrinfo')
    return `rowgate: ${address ?? hostname} is no address of this machine\n    fix: Set ROWGATE_HOST to one that is, or to 0.0.0.0 for all of them.`
  if (code === 'EACCES')
    return `rowgate: port ${port} may not be opened\n    fix: Set CUBEJS_PG_SQL_PORT to a port above 1023.`
  return `rowgate: ${message ?? String(error)}`
}

/** Variables of the project's `.env` become the process's own, as in Cube, so that cube.js finds them too. */
function environment(projectDir: string): Environment {
  Object.assign(process.env, readEnvironment(projectDir, process.env))
  return process.env
}

function config(
  options: { readonly project: string; readonly host?: string; readonly port?: string },
  needsSecret: boolean,
): Config {
  return loadConfig({
    projectDir: options.project,
    environment: environment(options.project),
    overrides: { ROWGATE_HOST: options.host, CUBEJS_PG_SQL_PORT: options.port },
    needsSecret,
  })
}

/** What lies behind an error, if that says more than the error itself. */
function causeText({ cause, message }: PgError): string {
  if (!(cause instanceof Error)) return ''
  const text = cause.message || ((cause as { code?: string }).code ?? '')
  return text === '' || message.includes(text) ? '' : `: ${text}`
}

async function runServe(options: Parameters<typeof config>[0]): Promise<void> {
  const serving = await serve(config(options, true), print)
  let closing = false
  const stop = (): void => {
    if (closing) process.exit(130)
    closing = true
    print('Rowgate is stopping; running statements may finish. Press Ctrl-C again to end at once.')
    serving.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

interface TokenOptions {
  readonly claims: string
  readonly expiresIn: string
  readonly project: string
}

async function runToken(options: TokenOptions): Promise<void> {
  const token = await createToken({
    claimsText: options.claims,
    expiresIn: options.expiresIn,
    environment: environment(options.project),
    nowMs: Date.now(),
  })
  print(token)
}

const program = new Command('rowgate')
  .description('A Postgres gateway: log in with a JWT, ask cubes in SQL, get only your own rows')
  .version('0.1.0')
  .showHelpAfterError('(--help lists what there is)')
  .exitOverride()

program
  .command('serve')
  .description('accept connections')
  .option('--project <dir>', 'folder that holds cube.js and model/', 'config')
  .option('--host <address>', 'address to listen on, in place of ROWGATE_HOST')
  .option('--port <port>', 'port to listen on, in place of CUBEJS_PG_SQL_PORT')
  .addHelpText('after', `\nSettings are environment variables:\n${printSettings()}`)
  .action((options: Parameters<typeof config>[0]) => runServe(options).catch(fail))

program
  .command('token')
  .description('print a token signed with CUBEJS_API_SECRET')
  .requiredOption('--claims <json>', 'the security context, a JSON object')
  .option('--expires-in <duration>', 'such as 90s, 15m, 1h, 7d', '1h')
  .option('--project <dir>', 'folder whose .env may hold the secret', 'config')
  .action((options: TokenOptions) => runToken(options).catch(fail))

program
  .command('check')
  .description('load the model, ask the upstream for every member, report all problems')
  .option('--project <dir>', 'folder that holds cube.js and model/', 'config')
  .option('--claims <json>', 'claims for a model that uses COMPILE_CONTEXT')
  .action((options: { project: string; claims?: string }) =>
    check(config(options, false), { print, environment: process.env }, options.claims).then(
      (fine) => process.exit(fine ? 0 : 1),
      fail,
    ),
  )

program
  .command('explain')
  .description('print what a statement becomes for these claims')
  .argument('<sql>')
  .requiredOption('--claims <json>', 'the security context, a JSON object')
  .option('--project <dir>', 'folder that holds cube.js and model/', 'config')
  .action((sql: string, options: { project: string; claims: string }) =>
    explain(
      config(options, false),
      { print, environment: process.env },
      { claimsText: options.claims, sql },
    ).then(() => process.exit(0), fail),
  )

/** What commander throws has been printed already: 0 for help and version, 2 for a command line that it cannot read. */
program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2)
  fail(error)
})
