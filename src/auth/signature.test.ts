import { createHmac, createSign, generateKeyPairSync } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { base64url, CompactSign, type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createVerifier, TokenError, type VerifyOptions } from './verify.js'

interface Issuer {
  readonly privateKey: CryptoKey
  readonly jwk: JWK
}

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA']
const issuers = new Map<string, Issuer>()
let published = ''
let server: Server

beforeAll(async () => {
  for (const alg of [...ALGORITHMS, 'other']) {
    const { privateKey, publicKey } = await generateKeyPair(alg === 'other' ? 'ES256' : alg, {
      extractable: true,
    })
    issuers.set(alg, { privateKey, jwk: { ...(await exportJWK(publicKey)), kid: alg, alg, use: 'sig' } })
  }
  server = createServer((_request, response) => response.end(published))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

beforeEach(() => publishing(...ALGORITHMS.map((alg) => issuer(alg).jwk)))

function publishing(...keys: readonly object[]): void {
  published = JSON.stringify({ keys })
}

function issuer(alg: string): Issuer {
  const found = issuers.get(alg)
  if (found === undefined) throw new Error(`no issuer ${alg}`)
  return found
}

function sign(alg: string): Promise<string> {
  return new CompactSign(Buffer.from('{"user_id":1,"exp":9999999999}'))
    .setProtectedHeader({ alg, kid: alg })
    .sign(issuer(alg).privateKey)
}

function verifier(options: Partial<VerifyOptions> = {}): (token: string) => Promise<unknown> {
  return createVerifier(
    {
      secrets: [],
      keysUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      algorithms: undefined,
      issuers: undefined,
      audience: undefined,
      subject: undefined,
      claimsNamespace: undefined,
      clockToleranceSeconds: 5,
      ...options,
    },
    { observe: () => undefined, nowMs: () => 1_800_000_000_000 },
  )
}

test.each(ALGORITHMS)('%s by its own key', async (alg) => {
  await expect(verifier()(await sign(alg))).resolves.toBeDefined()
})

describe('keys that may not verify', () => {
  test.each([
    ['for encryption', { use: 'enc' }],
    ['for other operations', { key_ops: ['encrypt'] }],
    ['of another algorithm', { alg: 'ES384' }],
    ['without a name', { kid: undefined }],
    ['whose name is a number', { kid: 1 }],
    ['of another curve', { crv: 'P-384' }],
    ['of another kind', { kty: 'RSA' }],
    ['not on its curve', { y: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
  ])('a key %s', async (_name, change) => {
    publishing({ ...issuer('ES256').jwk, ...change })
    await expect(verifier()(await sign('ES256'))).rejects.toThrow(TokenError)
  })

  test('RS256 by a key that says PS256, and the other way round', async () => {
    for (const [alg, other] of [
      ['RS256', 'PS256'],
      ['PS256', 'RS256'],
    ] as const) {
      publishing({ ...issuer(alg).jwk, alg: other })
      await expect(verifier()(await sign(alg))).rejects.toThrow(TokenError)
    }
  })

  test('an RSA key of 1024 bits', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 })
    publishing({ ...publicKey.export({ format: 'jwk' }), kid: 'short', alg: 'RS256', use: 'sig' })
    const signed = `${base64url.encode('{"alg":"RS256","kid":"short"}')}.${base64url.encode('{"exp":9999999999}')}`
    const signature = createSign('sha256').update(signed).sign(privateKey)
    await expect(verifier()(`${signed}.${signature.toString('base64url')}`)).rejects.toThrow(TokenError)
  })

  test('two keys of one name', async () => {
    publishing(issuer('ES256').jwk, { ...issuer('other').jwk, kid: 'ES256', alg: 'ES256' })
    await expect(verifier()(await sign('ES256'))).rejects.toThrow(TokenError)
  })

  test('names of the prototype beside the keys', async () => {
    published = `{"__proto__":{"keys":[${JSON.stringify(issuer('ES256').jwk)}]},"keys":[]}`
    await expect(verifier()(await sign('ES256'))).rejects.toThrow(TokenError)
  })
})

describe('signatures of ES256 that are none', () => {
  test.each([
    ['zeros', Buffer.alloc(64)],
    ['short', Buffer.alloc(63, 1)],
    ['long', Buffer.alloc(65, 1)],
    ['one byte', Buffer.of(1)],
    [
      'the order of the curve',
      Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'.repeat(2), 'hex'),
    ],
  ])('%s', async (_name, signature) => {
    const [header, payload] = (await sign('ES256')).split('.')
    await expect(verifier()(`${header}.${payload}.${signature.toString('base64url')}`)).rejects.toThrow(
      TokenError,
    )
  })

  test('the right one, as DER', async () => {
    const [header, payload, signature = ''] = (await sign('ES256')).split('.')
    const raw = Buffer.from(signature, 'base64url')
    const integer = (part: Buffer): Buffer => {
      const bytes = (part[0] ?? 0) > 127 ? Buffer.concat([Buffer.of(0), part]) : part
      return Buffer.concat([Buffer.of(2, bytes.length), bytes])
    }
    const both = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))])
    const der = Buffer.concat([Buffer.of(0x30, both.length), both])
    await expect(verifier()(`${header}.${payload}.${der.toString('base64url')}`)).rejects.toThrow(TokenError)
  })
})

describe('a secret beside a key set', () => {
  const both = { secrets: ['a secret of at least thirty-two bytes'] }
  const bySecret = (alg: string, secret: string): string => {
    const signed = `${base64url.encode(`{"alg":"${alg}","kid":"ES256"}`)}.${base64url.encode('{"exp":9999999999}')}`
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
  }

  test('each verifies its own algorithms', async () => {
    const verify = verifier(both)
    await expect(verify(bySecret('HS256', both.secrets[0] ?? ''))).resolves.toBeDefined()
    await expect(verify(await sign('ES256'))).resolves.toBeDefined()
    await expect(verify(bySecret('ES256', both.secrets[0] ?? ''))).rejects.toThrow(TokenError)
  })
  test('the algorithms of the issuer alone shut the secret out', async () => {
    const verify = verifier({ ...both, algorithms: ['ES256'] })
    await expect(verify(bySecret('HS256', both.secrets[0] ?? ''))).rejects.toThrow(TokenError)
    await expect(verify(await sign('ES256'))).resolves.toBeDefined()
    await expect(verify(await sign('EdDSA'))).rejects.toThrow(TokenError)
  })
})
