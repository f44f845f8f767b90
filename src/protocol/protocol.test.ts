import { Parser } from 'pg-protocol/dist/parser.js'
import { describe, expect, test } from 'vitest'
import { PgError } from '../errors.js'
import * as backend from './backend.js'
import { createFramer, FramingError } from './framer.js'
import { decodeFrontend, FRONTEND } from './frontend.js'
import * as request from './request.js'
import { decodeStartup } from './startup.js'
import { encodeMessage, int16, int32 } from './writer.js'

const bodyOf = (frame: Buffer): Buffer => frame.subarray(5)

describe('what is encoded is decoded to the same', () => {
  const cases: [string, Buffer, object][] = [
    ['query', request.encodeQuery('SELECT 1 -- ü'), { type: 'query', sql: 'SELECT 1 -- ü' }],
    [
      'parse',
      request.encodeParse('s', 'SELECT $1', [23, 4_294_967_295]),
      { type: 'parse', name: 's', sql: 'SELECT $1', parameterOids: [23, 4_294_967_295] },
    ],
    [
      'bind',
      request.encodeBind({
        portal: 'p',
        statement: 's',
        parameterFormats: [0, 1],
        values: [null, Buffer.from([0, 1])],
        resultFormats: [1],
      }),
      {
        type: 'bind',
        portal: 'p',
        statement: 's',
        parameterFormats: [0, 1],
        values: [null, Buffer.from([0, 1])],
        resultFormats: [1],
      },
    ],
    ['describe', request.encodeDescribe('portal', 'x'), { type: 'describe', target: 'portal', name: 'x' }],
    ['execute', request.encodeExecute('', 7), { type: 'execute', portal: '', rowsMax: 7 }],
    ['close', request.encodeClose('statement', 'x'), { type: 'close', target: 'statement', name: 'x' }],
    ['sync', request.SYNC, { type: 'sync' }],
    ['flush', request.FLUSH, { type: 'flush' }],
    ['terminate', request.TERMINATE, { type: 'terminate' }],
  ]
  test.each(cases)('%s', (_name, frame, message) => {
    expect(decodeFrontend(frame[0] ?? 0, bodyOf(frame))).toEqual(message)
  })
  test('backend messages, read by another implementation', () => {
    const seen: string[] = []
    const field = {
      name: 'a',
      tableOid: 0,
      columnNumber: 0,
      typeOid: 23,
      typeSize: 4,
      typeModifier: -1,
      format: 0,
    } as const
    const parser = new Parser()
    parser.parse(
      Buffer.concat([
        backend.AUTHENTICATION_OK,
        backend.encodeParameterStatus('a', 'b'),
        backend.encodeBackendKeyData(5, Buffer.from([0, 0, 0, 9])),
        backend.encodeRowDescription([field]),
        backend.encodeDataRow(['x', null, Buffer.from('ü')]),
        backend.encodeCommandComplete('SELECT 1'),
        backend.encodeParameterDescription([23]),
        backend.NO_DATA,
        backend.PARSE_COMPLETE,
        backend.BIND_COMPLETE,
        backend.CLOSE_COMPLETE,
        backend.PORTAL_SUSPENDED,
        backend.EMPTY_QUERY_RESPONSE,
        backend.encodeErrorResponse({
          severity: 'ERROR',
          code: '42601',
          message: 'm',
          hint: 'h',
          position: 3,
        }),
        backend.encodeReadyForQuery('T'),
      ]),
      (message) => void seen.push(message.name),
    )
    expect(seen).toEqual([
      'authenticationOk',
      'parameterStatus',
      'backendKeyData',
      'rowDescription',
      'dataRow',
      'commandComplete',
      'parameterDescription',
      'noData',
      'parseComplete',
      'bindComplete',
      'closeComplete',
      'portalSuspended',
      'emptyQuery',
      'error',
      'readyForQuery',
    ])
    expect(backend.decodeRowDescription(backend.encodeRowDescription([field]))).toEqual([field])
    const hidden = backend.withTables(
      backend.encodeRowDescription([{ ...field, tableOid: 99, columnNumber: 3 }]),
      () => undefined,
    )
    expect(backend.decodeRowDescription(hidden)).toEqual([field])
  })
})

describe('malformed messages', () => {
  const cases: [string, number, Buffer, string][] = [
    ['query without NUL', FRONTEND.query, Buffer.from('SELECT 1'), '08P01'],
    ['query with an inner NUL', FRONTEND.query, Buffer.from('SELECT 1\0; SELECT 2\0'), '08P01'],
    ['query that is no UTF-8', FRONTEND.query, Buffer.from([0xc3, 0x28, 0]), '22021'],
    ['parse cut short', FRONTEND.parse, Buffer.from('a\0b\0\xff\xff', 'latin1'), '08P01'],
    [
      'bind with 65535 values and no bytes',
      FRONTEND.bind,
      Buffer.concat([Buffer.from('\0\0'), int16(0), int16(65_535)]),
      '08P01',
    ],
    [
      'bind with a length of -2',
      FRONTEND.bind,
      Buffer.concat([Buffer.from('\0\0'), int16(0), int16(1), int32(-2), int16(0)]),
      '08P01',
    ],
    [
      'bind with a length beyond the end',
      FRONTEND.bind,
      Buffer.concat([Buffer.from('\0\0'), int16(0), int16(1), int32(0x7fff_ffff), int16(0)]),
      '08P01',
    ],
    [
      'bind with a format of 2',
      FRONTEND.bind,
      Buffer.concat([Buffer.from('\0\0'), int16(1), int16(2), int16(0), int16(0)]),
      '22023',
    ],
    ['describe of X', FRONTEND.describe, Buffer.from('Xa\0'), '08P01'],
    ['bytes after the end', FRONTEND.sync, Buffer.from('x'), '08P01'],
  ]
  test.each(cases)('%s', (_name, type, body, code) => {
    expect(() => decodeFrontend(type, body)).toThrow(expect.objectContaining({ code }))
  })
  test('execute with -1 rows means all', () => {
    expect(decodeFrontend(FRONTEND.execute, Buffer.concat([Buffer.from('\0'), int32(-1)]))).toMatchObject({
      rowsMax: 0,
    })
  })
})

describe('frames', () => {
  const stream: Buffer = Buffer.concat([
    request.encodeQuery('SELECT 1'),
    request.SYNC,
    request.encodeParse('a', 'b', [1]),
  ])
  test('come out the same however the bytes are cut', () => {
    for (let cut = 1; cut <= stream.length; cut += 1) {
      const framer = createFramer({ frameBytesMax: 100 })
      const types: number[] = []
      for (let offset = 0; offset < stream.length; offset += cut) {
        framer.push(stream.subarray(offset, offset + cut))
        for (let frame = framer.next(); frame !== undefined; frame = framer.next()) types.push(frame.type)
      }
      expect(types).toEqual([FRONTEND.query, FRONTEND.sync, FRONTEND.parse])
    }
  })
  test.each([
    ['length 3', Buffer.concat([Buffer.from('Q'), int32(3)])],
    ['length -1', Buffer.concat([Buffer.from('Q'), int32(-1)])],
    ['length 2 GB', Buffer.concat([Buffer.from('Q'), int32(0x7fff_ffff)])],
    ['a long sync', Buffer.concat([Buffer.from('S'), int32(20_000)])],
    ['an unknown type', Buffer.concat([Buffer.from('Y'), int32(4)])],
  ] as [string, Buffer][])('%s ends the connection before anything is held', (_name, bytes) => {
    const framer = createFramer({ frameBytesMax: 1_000_000 })
    framer.push(bytes)
    expect(() => framer.next()).toThrow(FramingError)
  })
  test('a message that is too long is never written', () => {
    expect(() => encodeMessage('Q', [{ length: 0x4000_0000 } as Buffer])).toThrow(RangeError)
    expect(() => request.encodeQuery('a\0b')).toThrow(RangeError)
  })
})

describe('startup packets', () => {
  const packet = (version: number, rest: Buffer = Buffer.alloc(0)): Buffer =>
    Buffer.concat([int32(version), rest])
  test.each([
    ['ssl', packet(80_877_103), { type: 'ssl-request' }],
    ['gssenc', packet(80_877_104), { type: 'gssenc-request' }],
    [
      'cancel',
      packet(80_877_102, Buffer.concat([int32(7), int32(9)])),
      { type: 'cancel-request', processId: 7, secretKey: int32(9) },
    ],
    [
      'startup, the last of two users',
      packet(196_608, Buffer.from('user\0a\0user\0b\0\0')),
      { type: 'startup', protocolMajor: 3, protocolMinor: 0, parameters: new Map([['user', 'b']]) },
    ],
  ] as [string, Buffer, object][] as [string, Buffer, object][])('%s', (_name, body, message) => {
    expect(decodeStartup(body)).toEqual(message)
  })
  test.each([
    ['protocol 2', packet(131_072), '0A000'],
    ['protocol 4', packet(262_144), '0A000'],
    ['a short cancel', packet(80_877_102, int32(7)), '08P01'],
    ['a long cancel', packet(80_877_102, Buffer.alloc(300)), '08P01'],
    ['no final NUL', packet(196_608, Buffer.from('user\0a\0')), '08P01'],
    ['bytes after it', packet(196_608, Buffer.from('user\0a\0\0x')), '08P01'],
    ['a name without a value', packet(196_608, Buffer.from('user\0\0')), '08P01'],
    ['nothing', Buffer.alloc(2), '08P01'],
  ] as [string, Buffer, string][])('%s is refused', (_name, body, code) => {
    expect(() => decodeStartup(body)).toThrow(expect.objectContaining({ code }))
    expect(() => decodeStartup(body)).toThrow(PgError)
  })
})
