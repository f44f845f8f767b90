import { createHmac, createSecretKey } from 'node:crypto'
import { base64url, CompactSign, exportJWK, generateKeyPair, UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { PgError } from '../errors.js'
import { canonicalText } from './security-context.js'
import { signToken } from './sign.js'
import { createVerifier, TokenError, type VerifyOptions } from './verify.js'

const NOW_MS = 1_800_000_000_000
const NOW = NOW_MS / 1_000
const SECRET = 'the first secret, long enough for HS512: ........................'
const OTHER = 'the second secret, long enough for HS512: .......................'

const OPTIONS: VerifyOptions = {
  secrets: [SECRET],
  keysUrl: undefined,
  algorithms: undefined,
  issuers: undefined,
  audience: undefined,
  subject: undefined,
  claimsNamespace: undefined,
  clockToleranceSeconds: 5,
}

const verifier = (options: Partial<VerifyOptions> = {}) =>
  createVerifier({ ...OPTIONS, ...options }, { observe: () => {}, nowMs: () => NOW_MS })

async function sign(payload: string, header: { alg: string } = { alg: 'HS256' }, secret = SECRET) {
  return new CompactSign(Buffer.from(payload))
    .setProtectedHeader(header)
    .sign(createSecretKey(Buffer.from(secret)))
}

/** A token of which only the signature is right: for headers that no library would write. */
function signByHand(header: string, payload: string, secret: string | Buffer = SECRET): string {
  const signed = `${base64url.encode(header)}.${base64url.encode(payload)}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

const LIVE = `"exp":${NOW + 60}`

describe('tokens that are accepted', () => {
  test.each(['HS256', 'HS384', 'HS512'])('%s', async (alg) => {
    const verified = await verifier()(await sign(`{"user_id":9007199254740993,${LIVE}}`, { alg }))
    expect(verified.expiresAtMs).toBe(NOW_MS + 60_000)
    expect(canonicalText(verified.claims)).toBe(`{"exp":${NOW + 60},"user_id":9007199254740993n}`)
  })

  const payloads: readonly (readonly [string, string, Partial<VerifyOptions>])[] = [
    ['a fractional exp', `{"exp":${NOW}.5}`, {}],
    ['exp with an exponent', '{"exp":18E+8}', {}],
    ['issued in the future', `{${LIVE},"iat":${NOW + 1_000}}`, {}],
    ['an audience that nobody asks for', `{${LIVE},"aud":"y"}`, {}],
    ['expired within the tolerance', `{"exp":${NOW - 4}}`, {}],
    ['not yet valid within the tolerance', `{${LIVE},"nbf":${NOW + 5}}`, {}],
    ['the issuer', `{${LIVE},"iss":"b"}`, { issuers: ['a', 'b'] }],
    ['the audience', `{${LIVE},"aud":"x"}`, { audience: 'x' }],
    ['the audience in a list', `{${LIVE},"aud":["y","x"]}`, { audience: 'x' }],
    ['the subject', `{${LIVE},"sub":"ann"}`, { subject: 'ann' }],
  ]
  test.each(payloads)('%s', async (_name, payload, options) => {
    await expect(verifier(options)(await sign(payload))).resolves.toBeDefined()
  })

  test('either of two secrets', async () => {
    const verify = verifier({ secrets: [OTHER, SECRET] })
    await expect(verify(await sign(`{${LIVE}}`))).resolves.toBeDefined()
    await expect(verify(await sign(`{${LIVE}}`, { alg: 'HS256' }, OTHER))).resolves.toBeDefined()
  })

  test('the claims are those of the namespace', async () => {
    const verify = verifier({ claimsNamespace: 'https://x/' })
    const { claims } = await verify(await sign(`{${LIVE},"user_id":1,"https://x/":{"user_id":2}}`))
    expect(canonicalText(claims)).toBe('{"user_id":2}')
  })

  test('what signToken writes, whole numbers exact', async () => {
    const claims = { user_id: 9007199254740993n, groups: ['a', null], nested: { x: 1.5 }, gone: undefined }
    const token = await signToken({ claims, secret: SECRET, expiresInSeconds: 60, nowMs: NOW_MS })
    const verified = await verifier()(token)
    expect(canonicalText(verified.claims)).toBe(
      `{"exp":${NOW + 60},"groups":["a",null],"iat":${NOW},"nested":{"x":1.5},"user_id":9007199254740993n}`,
    )
  })
})

describe('payloads that are refused', () => {
  const refused: readonly (readonly [string, string, Partial<VerifyOptions>])[] = [
    ['expired', `{"exp":${NOW - 5}}`, {}],
    ['no exp', '{"user_id":1}', {}],
    ['exp null', '{"exp":null}', {}],
    ['exp as text', `{"exp":"${NOW + 60}"}`, {}],
    ['exp beyond numbers', '{"exp":1e400}', {}],
    ['exp below zero', '{"exp":-1}', {}],
    ['exp NaN', '{"exp":NaN}', {}],
    ['exp with a plus', `{"exp":+${NOW + 60}}`, {}],
    ['exp in hexadecimal', '{"exp":0xFFFFFFFF}', {}],
    ['exp with a zero before it', `{"exp":0${NOW + 60}}`, {}],
    ['exp in a list', `{"exp":[${NOW + 60}]}`, {}],
    ['exp true', '{"exp":true}', {}],
    ['exp 1e20', '{"exp":1e20}', {}],
    ['exp of the prototype', `{"__proto__":{${LIVE}}}`, {}],
    ['exp spelt otherwise twice', `{"\\u0065xp":1,${LIVE}}`, {}],
    ['10,000 levels', `{${LIVE},"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, {}],
    ['nbf null', `{${LIVE},"nbf":null}`, {}],
    ['an empty audience list', `{${LIVE},"aud":[]}`, { audience: 'x' }],
    ['the audience in an object', `{${LIVE},"aud":{"0":"x"}}`, { audience: 'x' }],
    ['an empty issuer', `{${LIVE},"iss":""}`, { issuers: ['a'] }],
    ['the issuer in other letters', `{${LIVE},"iss":"A"}`, { issuers: ['a'] }],
    ['a subject that is a number', `{${LIVE},"sub":1}`, { subject: '1' }],
    ['exp that is not exact', '{"exp":9007199254740993}', {}],
    ['not yet valid', `{${LIVE},"nbf":${NOW + 6}}`, {}],
    ['nbf as text', `{${LIVE},"nbf":"0"}`, {}],
    ['another issuer', `{${LIVE},"iss":"c"}`, { issuers: ['a'] }],
    ['no issuer', `{${LIVE}}`, { issuers: ['a', 'undefined'] }],
    ['a list as issuer', `{${LIVE},"iss":["a"]}`, { issuers: ['a'] }],
    ['another audience', `{${LIVE},"aud":"y"}`, { audience: 'x' }],
    ['no audience', `{${LIVE}}`, { audience: 'x' }],
    ['the audience nested', `{${LIVE},"aud":[["x"]]}`, { audience: 'x' }],
    ['another subject', `{${LIVE},"sub":"bob"}`, { subject: 'ann' }],
    ['no subject', `{${LIVE}}`, { subject: 'ann' }],
    ['a claim twice', `{${LIVE},"user_id":42,"user_id":7}`, {}],
    ['exp twice', `{"exp":1,${LIVE}}`, {}],
    ['a lone surrogate', `{${LIVE},"a":"\\ud800"}`, {}],
    ['no JSON', 'user_id=1', {}],
    ['nothing', '', {}],
  ]
  test.each(refused)('%s', async (_name, payload, options) => {
    const token = payload === '' ? signByHand('{"alg":"HS256"}', '') : await sign(payload)
    await expect(verifier(options)(token)).rejects.toThrow(TokenError)
  })

  test('bytes that are no UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from(`{${LIVE},"a":"`), Buffer.from([0xff]), Buffer.from('"}')])
    const token = await new CompactSign(bytes)
      .setProtectedHeader({ alg: 'HS256' })
      .sign(createSecretKey(Buffer.from(SECRET)))
    await expect(verifier()(token)).rejects.toThrow(TokenError)
  })

  test.each(['"text"', '1', 'null', 'true', '[]', '[{"user_id":1}]'])('no object: %s', async (payload) => {
    const refusal = verifier()(await sign(payload))
    await expect(refusal).rejects.toThrow(PgError)
    await expect(refusal).rejects.toMatchObject({
      code: '28P01',
      detail: expect.stringContaining('Cannot create proxy with a non-object as target or handler'),
    })
  })

  test.each(['', ',"ns":null', ',"ns":"x"', ',"ns":[{}]'])('no object in the namespace: %s', async (rest) => {
    const refusal = verifier({ claimsNamespace: 'ns' })(await sign(`{${LIVE}${rest}}`))
    await expect(refusal).rejects.toMatchObject({ code: '28P01' })
  })

  test.each(['constructor', '__proto__', 'toString'])(
    'a namespace of the prototype: %s',
    async (namespace) => {
      const refusal = verifier({ claimsNamespace: namespace })(await sign(`{${LIVE}}`))
      await expect(refusal).rejects.toMatchObject({ code: '28P01' })
    },
  )

  test('no object, and signed by someone else, says nothing of the payload', async () => {
    await expect(verifier()(await sign('1', { alg: 'HS256' }, OTHER))).rejects.toThrow(TokenError)
  })
})

describe('tokens that are refused whatever they say', () => {
  const payload = `{"user_id":1,${LIVE}}`
  const cases: readonly (readonly [string, () => string | Promise<string>])[] = [
    ['another secret', () => sign(payload, { alg: 'HS256' }, OTHER)],
    ['alg none', () => new UnsecuredJWT({ user_id: 1 }).setExpirationTime(NOW + 60).encode()],
    ['alg none, with a signature', () => signByHand('{"alg":"none"}', payload)],
    ['alg None', () => signByHand('{"alg":"None"}', payload)],
    ['alg hs256', () => signByHand('{"alg":"hs256"}', payload)],
    ['no alg', () => signByHand('{}', payload)],
    ['alg as a list', () => signByHand('{"alg":["HS256"]}', payload)],
    ['alg twice', () => signByHand('{"alg":"none","alg":"HS256"}', payload)],
    ['a header that is no object', () => signByHand('"HS256"', payload)],
    ['a header that is no JSON', () => signByHand('HS256', payload)],
    ['crit', () => signByHand('{"alg":"HS256","crit":["x"],"x":1}', payload)],
    ['an empty crit', () => signByHand('{"alg":"HS256","crit":[]}', payload)],
    ['b64 unencoded', () => signByHand('{"alg":"HS256","crit":["b64"],"b64":false}', payload)],
    ['an asymmetric alg without keys', () => signByHand('{"alg":"RS256","kid":"a"}', payload)],
    ['two parts', async () => (await sign(payload)).split('.').slice(0, 2).join('.')],
    ['an empty signature', async () => `${(await sign(payload)).split('.').slice(0, 2).join('.')}.`],
    ['four parts', async () => `${await sign(payload)}.x`],
    ['five parts', () => 'a.b.c.d.e'],
    ['a space after it', async () => `${await sign(payload)} `],
    ['a line end after it', async () => `${await sign(payload)}\n`],
    ['base64 instead of base64url', () => 'ey+/.ey+/.ey+/'],
    ['Bearer before it', async () => `Bearer ${await sign(payload)}`],
    [
      'a changed payload',
      async () => {
        const [header, , signature] = (await sign(payload)).split('.')
        return `${header}.${base64url.encode(`{"user_id":2,${LIVE}}`)}.${signature}`
      },
    ],
    [
      'bits that are left over in the signature',
      async () => {
        const token = await sign(payload)
        const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.indexOf(
          token.at(-1) ?? '',
        )
        const other = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'[last ^ 1] ?? ''
        expect(base64url.decode(token.slice(-43, -1) + other)).toEqual(base64url.decode(token.slice(-43)))
        return token.slice(0, -1) + other
      },
    ],
    ['padding', async () => `${await sign(payload)}=`],
    ['a space inside', async () => (await sign(payload)).replace('.', '. ')],
    ['a line end inside', async () => (await sign(payload)).replace('.', '\n.')],
    ['an encrypted token', () => signByHand('{"alg":"dir","enc":"A256GCM"}', payload)],
    ['a nested token', async () => signByHand('{"alg":"HS256","cty":"JWT"}', await sign(payload))],
    ['a detached payload', () => signByHand('{"alg":"HS256"}', '')],
    [
      'the JSON serialisation',
      async () => {
        const [header, body, signature] = (await sign(payload)).split('.')
        return JSON.stringify({ protected: header, payload: body, signature })
      },
    ],
    ['an empty secret', () => signByHand('{"alg":"HS256"}', payload, '')],
    ['a kid that names a file', () => signByHand('{"alg":"HS256","kid":"/dev/null"}', payload, '')],
    [
      'a header 10,000 levels deep',
      () => signByHand(`{"alg":"HS256","x":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, payload),
    ],
    ['a header of the prototype', () => signByHand('{"__proto__":{"alg":"HS256"}}', payload)],
    ['alg twice, spelt otherwise', () => signByHand('{"alg":"HS256","\\u0061lg":"none"}', payload)],
    ['a mark of order before the header', () => signByHand('\ufeff{"alg":"HS256"}', payload)],
    ['1 MB', () => signByHand('{"alg":"HS256"}', `{"a":"${'x'.repeat(1_000_000)}",${LIVE}}`)],
    ['nothing', () => ''],
    ['a password', () => 'swordfish'],
    ['65,536 bytes', () => sign(`{"a":"${'x'.repeat(60_000)}",${LIVE}}`)],
  ]
  test.each(cases)('%s', async (_name, token) => {
    await expect(verifier()(await token())).rejects.toThrow(TokenError)
  })

  test('a key that the token brings along is not used', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const token = await new CompactSign(Buffer.from(payload))
      .setProtectedHeader({ alg: 'ES256', jwk: await exportJWK(publicKey), jku: 'http://127.0.0.1:9/' })
      .sign(privateKey)
    await expect(verifier()(token)).rejects.toThrow(TokenError)
  })

  test('no secret at all', async () => {
    await expect(verifier({ secrets: [] })(await sign(payload))).rejects.toThrow(TokenError)
    await expect(
      verifier({ secrets: [] })(signByHand('{"alg":"HS256"}', payload, Buffer.of(0))),
    ).rejects.toThrow(TokenError)
  })

  test('an algorithm that the operator left out', async () => {
    const verify = verifier({ algorithms: ['HS512'] })
    await expect(verify(await sign(payload))).rejects.toThrow(TokenError)
    await expect(verify(await sign(payload, { alg: 'HS512' }))).resolves.toBeDefined()
  })
})
