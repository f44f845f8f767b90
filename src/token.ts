import type { Claim } from './auth/context.js'
import { PayloadError, parsePayload } from './auth/payload.js'
import { allClaims } from './auth/security-context.js'
import { signToken } from './auth/sign.js'
import type { Environment } from './config.js'
import { parseDuration } from './duration.js'
import { type Diagnostic, DiagnosticsError } from './errors.js'
import { splitList } from './setting-value.js'

/**
 * A token that the gateway accepts under the same environment: signed with its secret, and with the issuer, audience, subject and
 * namespace that it asks for.
 *
 * @throws DiagnosticsError if there is no secret, or the claims or the duration cannot be read
 */
export async function createToken(options: {
  readonly claimsText: string
  readonly expiresIn: string
  readonly environment: Environment
  readonly nowMs: number
}): Promise<string> {
  const { environment } = options
  const problems: Diagnostic[] = []
  const report = (file: string, message: string, fix: string): void => {
    problems.push({ file, line: 0, column: 0, message, fix })
  }
  const secret = findSecret(environment)
  if (secret === undefined) {
    report('CUBEJS_API_SECRET', 'is missing', 'Set it to the secret that the gateway verifies tokens with.')
  }
  const claims = readClaims(options.claimsText, report)
  const expiresInSeconds = parseDuration(options.expiresIn)
  if (expiresInSeconds === undefined) {
    report('--expires-in', `"${options.expiresIn}" is no duration`, 'Write 90s, 15m, 1h or 7d.')
  }
  if (secret === undefined || claims === undefined || expiresInSeconds === undefined) {
    throw new DiagnosticsError(problems)
  }
  const namespace = given(environment, 'CUBEJS_JWT_CLAIMS_NAMESPACE')
  const payload = namespace === undefined ? claims : { [namespace]: claims }
  return signToken({
    claims: { ...registeredClaims(environment), ...payload },
    secret,
    expiresInSeconds,
    nowMs: options.nowMs,
  })
}

function findSecret(environment: Environment): string | undefined {
  return (
    given(environment, 'CUBEJS_API_SECRET') ??
    given(environment, 'CUBEJS_JWT_KEY') ??
    splitList(environment.CUBEJS_API_SECRETS ?? '')[0]
  )
}

function registeredClaims(environment: Environment): Readonly<Record<string, unknown>> {
  return {
    iss: splitList(environment.CUBEJS_JWT_ISSUER ?? '')[0],
    aud: given(environment, 'CUBEJS_JWT_AUDIENCE'),
    sub: given(environment, 'CUBEJS_JWT_SUBJECT'),
  }
}

/** An empty variable is not set. */
function given(environment: Environment, name: string): string | undefined {
  return environment[name] || undefined
}

function readClaims(
  text: string,
  report: (file: string, message: string, fix: string) => void,
): Readonly<Record<string, unknown>> | undefined {
  const fix = 'Write a JSON object, such as {"user_id":1}, in single quotes.'
  let claims: Claim
  try {
    claims = parsePayload(text)
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error
    report('--claims', error.message.replace(/^payload: /, ''), fix)
    return undefined
  }
  if (claims !== null && typeof claims === 'object' && !Array.isArray(claims)) {
    return allClaims(claims) as Readonly<Record<string, unknown>>
  }
  report('--claims', 'is no JSON object', fix)
  return undefined
}
