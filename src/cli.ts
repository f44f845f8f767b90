#!/usr/bin/env node
import { Command } from 'commander'
import { parsePayload, payloadClaims } from './auth/payload.js'
import { plainClaims } from './auth/security-context.js'
import { signToken } from './auth/sign.js'
import { type Config, loadConfig } from './config.js'
import { DiagnosticsError, PgError } from './errors.js'
import { check, explain, serve } from './main.js'
import { printSettings } from './settings.js'

const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** Ends the process with one clear sentence per problem; a stack trace helps nobody who cannot change this code. */
function fail(error: unknown): never {
  process.stderr.write(`${describe(error)}\n`)
  process.exit(1)
}

function describe(error: unknown): string {
  if (error instanceof DiagnosticsError) return error.message
  if (error instanceof PgError) {
    const cause =
      error.cause instanceof Error
        ? `: ${error.cause.message || (error.cause as { code?: string }).code}`
        : ''
    return `rowgate: ${error.message}${cause}${error.hint === undefined ? '' : `\n    fix: ${error.hint}`}`
  }
  const { code, address, port, message } = error as {
    code?: string
    address?: string
    port?: number
    message?: string
  }
  if (code === 'EADDRINUSE')
    return `rowgate: port ${port} of ${address} is in use\n    fix: Stop what listens there, or set CUBEJS_PG_SQL_PORT.`
  if (code === 'EACCES')
    return `rowgate: port ${port} may not be opened\n    fix: Set CUBEJS_PG_SQL_PORT to a port above 1023.`
  return `rowgate: ${message ?? String(error)}`
}

function config(options: { readonly project: string }, needsSecret: boolean): Config {
  return loadConfig({ projectDir: options.project, environment: process.env, needsSecret })
}

/** `90s`, `15m`, `1h`, `7d` in seconds. */
function seconds(text: string): number {
  const match = /^(\d+)(s|m|h|d)$/.exec(text)
  const unit = { s: 1, m: 60, h: 3_600, d: 86_400 }[match?.[2] ?? ''] ?? 0
  const value = Number(match?.[1] ?? 0) * unit
  if (value > 0) return value
  throw new Error(`"${text}" is no duration: write 90s, 15m, 1h or 7d`)
}

async function runServe(options: { readonly project: string }): Promise<void> {
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

async function runToken(options: { readonly claims: string; readonly expiresIn: string }): Promise<void> {
  const secret = process.env['CUBEJS_API_SECRET'] ?? process.env['CUBEJS_API_SECRETS']?.split(',')[0]?.trim()
  if (secret === undefined || secret === '') {
    throw new DiagnosticsError([
      {
        file: 'CUBEJS_API_SECRET',
        line: 0,
        column: 0,
        message: 'is missing',
        fix: 'Set it to the secret that the gateway verifies tokens with.',
      },
    ])
  }
  const claims = plainClaims(payloadClaims(parsePayload(options.claims)))
  print(
    await signToken({
      claims: claims as Record<string, unknown>,
      secret,
      expiresInSeconds: seconds(options.expiresIn),
      nowMs: Date.now(),
    }),
  )
}

const program = new Command('rowgate')
  .description('A Postgres gateway: log in with a JWT, ask cubes in SQL, get only your own rows')
  .version('0.1.0')
  .showHelpAfterError()

program
  .command('serve')
  .description('accept connections')
  .option('--project <dir>', 'folder that holds cube.js and model/', 'config')
  .addHelpText('after', `\nSettings are environment variables:\n${printSettings()}`)
  .action((options: { project: string }) => runServe(options).catch(fail))

program
  .command('token')
  .description('print a token signed with CUBEJS_API_SECRET')
  .requiredOption('--claims <json>', 'the security context, a JSON object')
  .option('--expires-in <duration>', 'such as 90s, 15m, 1h, 7d', '1h')
  .action((options: { claims: string; expiresIn: string }) => runToken(options).catch(fail))

program
  .command('check')
  .description('load the model, ask the upstream for every member, report all problems')
  .option('--project <dir>', 'folder that holds cube.js and model/', 'config')
  .option('--claims <json>', 'claims for a model that uses COMPILE_CONTEXT')
  .action((options: { project: string; claims?: string }) =>
    check(config(options, false), print, options.claims).then((fine) => process.exit(fine ? 0 : 1), fail),
  )

program
  .command('explain')
  .description('print what a statement becomes for these claims')
  .argument('<sql>')
  .requiredOption('--claims <json>', 'the security context, a JSON object')
  .option('--project <dir>', 'folder that holds cube.js and model/', 'config')
  .action((sql: string, options: { project: string; claims: string }) =>
    explain(config(options, false), print, { claimsText: options.claims, sql }).then(
      () => process.exit(0),
      fail,
    ),
  )

program.parseAsync().catch(fail)
