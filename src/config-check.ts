import { createPublicKey } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { SETTING_SPECS } from './settings.js'
import { nearestWord } from './sql/edit-distance.js'

/** Notes one problem under the name of the variable that has it. */
export type Report = (file: string, message: string, fix: string) => void
type Text = (name: string) => string | undefined

/** RFC 7518, section 3.2: a key as long as the hash. */
const SECRET_BYTES_MIN = 32

export function checkUpstream(
  {
    text,
    embedded,
    url,
  }: { readonly text: Text; readonly embedded: boolean; readonly url: string | undefined },
  report: Report,
): void {
  if (url !== undefined && url !== '') {
    report('CUBEJS_DB_URL', 'is not read here', 'Set CUBEJS_DB_HOST, _PORT, _NAME, _USER and _PASS instead.')
  }
  if (embedded) return
  for (const name of ['CUBEJS_DB_HOST', 'CUBEJS_DB_NAME', 'CUBEJS_DB_USER']) {
    if (text(name) !== undefined) continue
    report(
      name,
      'is missing',
      'Set it, or unset CUBEJS_DB_HOST and CUBEJS_DB_NAME for the embedded database.',
    )
  }
}

export function checkTls(
  options: { readonly text: Text; readonly cert: string | undefined; readonly key: string | undefined },
  report: Report,
): void {
  const [certName, keyName] = ['ROWGATE_TLS_CERT', 'ROWGATE_TLS_KEY']
  const [certSet, keySet] = [options.text(certName) !== undefined, options.text(keyName) !== undefined]
  if (certSet !== keySet) {
    report(certSet ? keyName : certName, 'is missing', 'Set both the certificate and its key, or neither.')
    return
  }
  const { cert, key } = options
  if (cert === undefined || key === undefined) return
  try {
    createSecureContext({ cert, key, minVersion: 'TLSv1.2' })
  } catch {
    report(
      certName,
      'the certificate and ROWGATE_TLS_KEY do not fit together',
      'Name a PEM certificate and its key.',
    )
  }
}

export function checkSecrets(
  secrets: readonly { readonly name: string; readonly secret: string }[],
  { report, warn }: { readonly report: Report; readonly warn: Report },
): void {
  for (const { name, secret } of secrets) {
    // A public key is known to everyone: as an HMAC secret it would let anyone sign.
    if (secret.includes('-----BEGIN') || /^\s*\{\s*"/.test(secret) || isPublicKey(secret)) {
      report(name, 'is a key, not a secret', 'Publish keys as a key set and set CUBEJS_JWK_URL to its URL.')
    } else if (Buffer.byteLength(secret, 'utf8') < SECRET_BYTES_MIN) {
      warn(
        name,
        `holds a secret shorter than ${SECRET_BYTES_MIN} bytes, which can be guessed`,
        'Make a longer one, such as with `openssl rand -hex 32`.',
      )
    }
  }
}

/** The body of a PEM file, or the same in hexadecimal. */
function isPublicKey(secret: string): boolean {
  return (['base64', 'hex'] as const).some((encoding) => {
    try {
      createPublicKey({ key: Buffer.from(secret, encoding), format: 'der', type: 'spki' })
      return true
    } catch {
      return false
    }
  })
}

export function checkAlgorithms(
  options: {
    readonly algorithms: readonly string[] | undefined
    readonly secrets: number
    readonly keysUrl: string | undefined
  },
  report: Report,
): void {
  const { algorithms, secrets, keysUrl } = options
  if (algorithms === undefined || (secrets === 0 && keysUrl === undefined)) return
  const bySecret = secrets > 0 && algorithms.some((name) => name.startsWith('HS'))
  const byKey = keysUrl !== undefined && algorithms.some((name) => !name.startsWith('HS'))
  if (bySecret || byKey) return
  report(
    'CUBEJS_JWT_ALGS',
    'leaves no algorithm that could be verified',
    'HS algorithms need CUBEJS_API_SECRET; all others need CUBEJS_JWK_URL.',
  )
}

/** Schemas of Postgres itself, in which nobody makes functions of their own. */
const OWN_SCHEMAS = /^(pg_.*|information_schema)$/

/** An addition is a function of the operator's: none of Postgres' own becomes callable by a name in a list. */
export function checkFunctionsAllowed(names: readonly string[], report: Report): void {
  for (const name of names) {
    const [schema = ''] = name.split('.')
    if (!OWN_SCHEMAS.test(schema)) continue
    report(
      'ROWGATE_FUNCTIONS_ALLOWED',
      `${name} is of a schema of Postgres’ own`,
      'Leave it out: what only computes from its arguments may be called anyway. For anything else, make a function in a schema of yours that does the one thing that is needed.',
    )
  }
}

const LOCAL_HOST = /^(localhost|127(\.[0-9]+){3}|\[?::1\]?)$/

/** A gate that other machines reach and that takes no token of theirs is hardly what was meant. */
export function checkHost(
  options: { readonly host: string; readonly tls: boolean; readonly passwordOverPlaintext: boolean },
  warn: Report,
): void {
  if (options.tls || options.passwordOverPlaintext || LOCAL_HOST.test(options.host)) return
  warn(
    'ROWGATE_HOST',
    'lets other machines connect, but none can log in: tokens are taken over TLS only',
    'Set ROWGATE_TLS_CERT and ROWGATE_TLS_KEY.',
  )
}

/** Keys that come without TLS are whoever's stands between. */
export function checkKeysUrl(keysUrl: string | undefined, warn: Report): void {
  if (keysUrl === undefined || !URL.canParse(keysUrl)) return
  const { protocol, hostname } = new URL(keysUrl)
  if (protocol === 'https:' || LOCAL_HOST.test(hostname)) return
  warn('CUBEJS_JWK_URL', 'is read without TLS, by which tokens of anyone could be let in', 'Use https.')
}

/**
 * The setting whose name is nearest to one that does not exist.
 *
 * @returns undefined if no name begins with it or is within three changes
 */
export function nearestSetting(name: string): string | undefined {
  const completed = SETTING_SPECS.find((spec) => spec.name.startsWith(name))
  if (completed !== undefined) return completed.name
  return nearestWord(
    name,
    SETTING_SPECS.map((spec) => spec.name),
  )
}
