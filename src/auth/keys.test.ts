import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  base64url,
  CompactSign,
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWK,
} from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Event } from '../events.js'
import { createKeys, type KeysLimits } from './keys.js'
import { createVerifier, TokenError, type VerifyOptions } from './verify.js'

interface Issuer {
  readonly kid: string
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  readonly jwk: JWK
}

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']
const issuers = new Map<string, Issuer>()
let server: Server
let url = ''
let requests = 0
let answer: (request: IncomingMessage, response: ServerResponse) => void = () => {}
let nowMs = 1_800_000_000_000
let events: Event[] = []

async function createIssuer(kid: string, alg: string): Promise<Issuer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { kid, alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

const issuer = (kid: string): Issuer => {
  const found = issuers.get(kid)
  if (found === undefined) throw new Error(`no issuer ${kid}`)
  return found
}

beforeAll(async () => {
  for (const alg of ALGORITHMS) issuers.set(alg, await createIssuer(alg, alg))
  issuers.set('next', await createIssuer('next', 'ES256'))
  server = createServer((request, response) => {
    requests += 1
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

beforeEach(() => {
  requests = 0
  events = []
  answer = publish(...ALGORITHMS)
})

const publish =
  (...kids: readonly string[]): typeof answer =>
  (_request, response) => {
    response.end(JSON.stringify({ keys: kids.map((kid) => issuer(kid).jwk) }))
  }

const fail =
  (status: number, headers: Readonly<Record<string, string>> = {}): typeof answer =>
  (_request, response) => {
    response.writeHead(status, headers).end(JSON.stringify({ keys: [issuer('ES256').jwk] }))
  }

function sign(kid: string, header: Record<string, unknown> = {}): Promise<string> {
  const { alg, privateKey } = issuer(kid)
  return new CompactSign(Buffer.from(JSON.stringify({ user_id: 1, exp: nowMs / 1_000 + 86_400 })))
    .setProtectedHeader({ alg, kid, ...header })
    .sign(privateKey)
}

function verifier(options: Partial<VerifyOptions> = {}): (token: string) => Promise<unknown> {
  return createVerifier(
    {
      secrets: [],
      keysUrl: url,
      algorithms: undefined,
      issuers: undefined,
      audience: undefined,
      subject: undefined,
      claimsNamespace: undefined,
      clockToleranceSeconds: 5,
      ...options,
    },
    { observe: (event) => events.push(event), nowMs: () => nowMs },
  )
}

const failures = (): readonly string[] =>
  events.flatMap((event) => (event.kind === 'keys_failed' ? [String(event.error)] : []))

describe('signatures', () => {
  test.each(ALGORITHMS)('%s', async (alg) => {
    await expect(verifier()(await sign(alg))).resolves.toBeDefined()
  })

  test('by another key under a known kid', async () => {
    await expect(verifier()(await sign('next', { kid: 'ES256' }))).rejects.toThrow(TokenError)
  })

  test('a kid of another algorithm', async () => {
    await expect(verifier()(await sign('RS256', { kid: 'PS256' }))).rejects.toThrow(TokenError)
  })

  test('HS256 with the public key as secret', async () => {
    const spki = await exportSPKI(issuer('RS256').publicKey)
    for (const secret of [spki, spki.trim(), JSON.stringify(issuer('RS256').jwk)]) {
      const signed = `${base64url.encode('{"alg":"HS256","kid":"RS256"}')}.${base64url.encode(
        JSON.stringify({ exp: nowMs / 1_000 + 60 }),
      )}`
      const token = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
      await expect(verifier()(token)).rejects.toThrow(TokenError)
      await expect(verifier({ secrets: ['another'] })(token)).rejects.toThrow(TokenError)
    }
  })

  test('HS256 with a secret that the key set publishes', async () => {
    answer = (_request, response) => {
      response.end(JSON.stringify({ keys: [{ kty: 'oct', kid: 'o', alg: 'HS256', k: 'c2VjcmV0' }] }))
    }
    const signed = `${base64url.encode('{"alg":"HS256","kid":"o"}')}.${base64url.encode('{"exp":9999999999}')}`
    const token = `${signed}.${createHmac('sha256', 'secret').update(signed).digest('base64url')}`
    await expect(verifier()(token)).rejects.toThrow(TokenError)
  })

  test('no kid', async () => {
    await expect(verifier()(await sign('ES256', { kid: undefined }))).rejects.toThrow(TokenError)
    expect(requests).toBe(0)
  })

  test.each(['../../etc/passwd', '__proto__', 'constructor', '', 'x'.repeat(30_000)])(
    'a kid is only a name to look up: %.20s',
    async (kid) => {
      await expect(verifier()(await sign('ES256', { kid }))).rejects.toThrow(TokenError)
    },
  )

  test('addresses in the header are never asked', async () => {
    const verify = verifier()
    await verify(await sign('ES256'))
    await verify(await sign('ES256', { jku: `${url}/jku`, x5u: `${url}/x5u`, jwk: issuer('next').jwk }))
    await expect(verify(await sign('next', { kid: 'ES256', jwk: issuer('next').jwk }))).rejects.toThrow(
      TokenError,
    )
    expect(requests).toBe(1)
  })

  test('an algorithm that the operator left out', async () => {
    const verify = verifier({ algorithms: ['RS256'] })
    await expect(verify(await sign('RS256'))).resolves.toBeDefined()
    await expect(verify(await sign('ES256'))).rejects.toThrow(TokenError)
  })
})

describe('rotation', () => {
  test('a flood of unknown names keeps no known one out, and a new one only until the next fetch', async () => {
    const verify = verifier()
    await verify(await sign('ES256'))
    answer = publish('ES256', 'next')
    const flood = Array.from({ length: 200 }, (_, index) => sign('ES256', { kid: `k${index}` }))
    const refused = await Promise.allSettled((await Promise.all(flood)).map(verify))
    expect(refused.every(({ status }) => status === 'rejected')).toBe(true)
    await expect(verify(await sign('ES256'))).resolves.toBeDefined()
    nowMs += 30_000
    const [next, ...others] = await Promise.allSettled([
      verify(await sign('next')),
      ...(await Promise.all(flood)).map(verify),
    ])
    expect(next?.status).toBe('fulfilled')
    expect(others.every(({ status }) => status === 'rejected')).toBe(true)
    expect(requests).toBe(2)
  })

  test('a new key is fetched when its first token comes', async () => {
    const verify = verifier()
    await verify(await sign('ES256'))
    answer = publish('ES256', 'next')
    nowMs += 30_000
    await expect(verify(await sign('next'))).resolves.toBeDefined()
    expect(requests).toBe(2)
  })

  test('unknown kids ask at most once per cool-down, whatever is answered', async () => {
    const verify = verifier()
    await verify(await sign('ES256'))
    for (const state of [publish('ES256'), fail(500)]) {
      answer = state
      nowMs += 30_000
      const before = requests
      for (let count = 0; count < 20; count += 1) {
        await expect(verify(await sign('next', { kid: `k${count}` }))).rejects.toThrow(TokenError)
        nowMs += 1_000
      }
      expect(requests - before).toBe(1)
    }
    await expect(verify(await sign('ES256'))).resolves.toBeDefined()
  })

  test('a withdrawn key stops working when the set is next fetched', async () => {
    const verify = verifier()
    const token = await sign('ES256')
    await verify(token)
    answer = publish('next')
    nowMs += 300_000
    await verify(token) // starts the fetch in the background
    await expect.poll(() => verify(token).catch((error: unknown) => error)).toBeInstanceOf(TokenError)
    expect(requests).toBe(2)
  })

  test('100 logins at once make one request', async () => {
    const verify = verifier()
    const tokens = await Promise.all(Array.from({ length: 100 }, () => sign('ES256')))
    await Promise.all(tokens.map(verify))
    expect(requests).toBe(1)
  })
})

describe('an issuer in trouble', () => {
  test('known keys serve while it is down, up to a maximum age', async () => {
    const verify = verifier()
    const token = await sign('ES256')
    await verify(token)
    answer = fail(500)
    nowMs += 3_599_000
    await expect(verify(token)).resolves.toBeDefined()
    await expect.poll(failures).toHaveLength(1)
    nowMs += 1_000
    await expect(verify(token)).rejects.toThrow(TokenError)
    answer = publish('ES256')
    nowMs += 1_000
    await expect(verify(token)).resolves.toBeDefined()
  })

  const broken: readonly (readonly [string, () => typeof answer, RegExp])[] = [
    ['500', () => fail(500), /answered 500/],
    ['404', () => fail(404), /answered 404/],
    ['201', () => fail(201), /answered 201/],
    ['no JSON', () => (_request, response) => response.end('<html>'), /JSON/],
    ['no key set', () => (_request, response) => response.end('{"key":[]}'), /JSON Web Key Set/],
    ['10 MB', () => (_request, response) => response.end(' '.repeat(10_000_000)), /longer than 65536 bytes/],
    [
      'cut off',
      () => (_request, response) => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('{"keys":')
        setTimeout(() => response.destroy(), 20)
      },
      /terminated/,
    ],
  ]
  test.each(broken)('%s', async (_name, state, reason) => {
    answer = state()
    await expect(verifier()(await sign('ES256'))).rejects.toThrow(TokenError)
    expect(failures()).toHaveLength(1)
    expect(failures()[0]).toMatch(reason)
  })

  test.each([301, 302, 303, 307, 308])('a redirect (%d) is not followed', async (status) => {
    answer = (request, response) => {
      if (request.url === '/elsewhere') publish('ES256')(request, response)
      else fail(status, { location: '/elsewhere' })(request, response)
    }
    await expect(verifier()(await sign('ES256'))).rejects.toThrow(TokenError)
    expect(requests).toBe(1)
  })

  test('one key that cannot be read does not hide the others', async () => {
    answer = (_request, response) => {
      response.end(JSON.stringify({ keys: [{ kty: 'RSA', kid: 'bad', n: '!', e: 1 }, issuer('ES256').jwk] }))
    }
    await expect(verifier()(await sign('ES256'))).resolves.toBeDefined()
  })

  const limits: Partial<KeysLimits> = { timeoutMs: 100 }
  const slow: readonly (readonly [string, typeof answer])[] = [
    ['never answers', () => {}],
    [
      'never ends',
      (_request, response) => {
        response.writeHead(200)
        const timer = setInterval(() => response.write(' '), 10)
        response.on('close', () => clearInterval(timer))
      },
    ],
  ]
  test.each(slow)('%s', async (_name, state) => {
    answer = state
    const keys = createKeys(url, { observe: (event) => events.push(event), nowMs: () => nowMs }, limits)
    const startMs = performance.now()
    await expect(keys({ alg: 'ES256', kid: 'ES256' }, { payload: '', signature: '' })).rejects.toThrow(
      'cannot be fetched',
    )
    expect(performance.now() - startMs).toBeLessThan(2_000)
    expect(failures()[0]).toMatch(/timeout|aborted/i)
  })

  test('an address where nobody listens', async () => {
    const verify = verifier({ keysUrl: 'http://127.0.0.1:1/' })
    await expect(verify(await sign('ES256'))).rejects.toThrow(TokenError)
    expect(failures()).toHaveLength(1)
  })
})
