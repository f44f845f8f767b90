import { describe, expect, test } from 'vitest'
import type { Event } from '../events.js'
import { createLog, type LogOptions } from './log.js'

function write(events: readonly Event[], options: LogOptions & { readonly level?: string } = {}): string {
  let text = ''
  const destination = {
    write: (line: string) => {
      text += line
    },
  }
  const log = createLog(options.level ?? 'debug', { format: 'json', destination, ...options })
  for (const event of events) log(event)
  return text
}

const FAILED: Event = {
  kind: 'login_failed',
  sessionId: 1,
  address: '10.0.0.1',
  user: 'ann\n\u001b[2Jroot',
  reason: 'the token has expired',
}
const STATEMENT: Event = {
  kind: 'statement',
  sessionId: 1,
  user: 'ann',
  address: '127.0.0.1',
  who: {},
  fingerprint: undefined,
  cubes: [],
  claims: [],
  rows: 0,
  bytes: 0,
  sql: 'x'.repeat(10_000),
  outcome: 'ok',
  code: undefined,
  durationMs: 1.23456,
}

test('JSON: one object a line', () => {
  const lines = write([FAILED, STATEMENT]).trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'warn', event: 'login_failed', message: 'login failed', user: 'ann\n\u001b[2Jroot' },
    { level: 'debug', event: 'statement', durationMs: 1.2, sql: `${'x'.repeat(2_000)}…` },
  ])
  expect(JSON.parse(lines[0] ?? '').time).toMatch(/^\d{4}-\d\d-\d\dT/)
})

test('pretty: one line of text, which no user name can break', () => {
  const text = write([FAILED], { format: 'pretty' })
  expect(text).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} WARN {2}login failed sessionId=1 address=10\.0\.0\.1 user="ann\\n\\u001b\[2Jroot" reason="the token has expired"\n$/,
  )
})

describe('levels', () => {
  test.each([
    ['debug', 2],
    ['info', 1],
    ['warn', 1],
    ['error', 0],
    ['silent', 0],
  ] as const)('%s', (level, lines) => {
    expect(write([FAILED, STATEMENT], { level }).split('\n').length - 1).toBe(lines)
  })
})

test('an error is written by its messages, not by what a driver hangs on it', () => {
  const cause = Object.assign(new Error('password authentication failed'), {
    client: { password: 'hunter2' },
  })
  const error = Object.assign(new Error('no connection', { cause }), { config: { password: 'hunter2' } })
  for (const format of ['json', 'pretty'] as const) {
    const text = write(
      [
        { kind: 'upstream_failed', connectionId: undefined, error },
        { kind: 'internal_error', sessionId: 1, error },
      ],
      { format },
    )
    expect(text).toContain('no connection (Error: password authentication failed)')
    expect(text).not.toContain('hunter2')
  }
})

test('what the upstream said is in the log', () => {
  const error = new Error('statement failed', { cause: new Map([['M', 'relation "x" does not exist']]) })
  expect(write([{ kind: 'upstream_failed', connectionId: 1, error }])).toContain(
    'statement failed (relation \\"x\\" does not exist)',
  )
})

test('what cannot be written does not throw', () => {
  const destination = {
    write: () => {
      throw new Error('disk full')
    },
  }
  expect(() => write([FAILED], { destination })).not.toThrow()
})
