import { describe, expect, test } from 'vitest'
import { PgError } from '../../src/errors.js'
import { createFramer } from '../../src/protocol/framer.js'
import { decodeFrontend } from '../../src/protocol/frontend.js'
import * as request from '../../src/protocol/request.js'
import { decodeStartup } from '../../src/protocol/startup.js'
import { crashersOf, kept } from '../support/crashers.js'
import { createRandom } from '../support/random.js'

const SAMPLES = [
  request.encodeQuery("SELECT 'a' FROM b"),
  request.encodeParse('name', 'SELECT $1', [23, 25]),
  request.encodeBind({
    portal: 'p',
    statement: 's',
    parameterFormats: [1, 0],
    values: [Buffer.from('abc'), null],
    resultFormats: [0, 1],
  }),
  request.encodeDescribe('statement', 's'),
  request.encodeExecute('p', 100),
  request.encodeClose('portal', 'p'),
  request.SYNC,
  request.FLUSH,
]

/** Longer by hand: FUZZ_SECONDS=600. A failure names its seed: FUZZ_SEED. */
const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 2)
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() & 0xffff)

describe(`hostile bytes (seed ${seed})`, () => {
  test('decoding throws nothing but PgError, and holds no more than what came', {
    timeout: SECONDS * 1_000 + 20_000,
  }, () => {
    const random = createRandom(seed)
    const end = Date.now() + SECONDS * 1_000
    let runs = 0
    for (const hex of crashersOf('frontend')) decode(Buffer.from(hex, 'hex'), random)
    while (Date.now() < end) {
      const sample = SAMPLES[random(SAMPLES.length)] ?? Buffer.alloc(0)
      decode(mutate(Buffer.from(sample), random), random)
      runs += 1
    }
    expect(runs).toBeGreaterThan(1_000)
  })
})

/** In pieces, as messages after a login, and whole, as the packet that opens a connection. */
function decode(bytes: Buffer, random: (below: number) => number): void {
  kept('frontend', bytes.toString('hex'), () => {
    expectPgError(() => {
      const framer = createFramer({ frameBytesMax: 65_536 })
      for (let offset = 0; offset < bytes.length; ) {
        const cut = 1 + random(bytes.length)
        framer.push(bytes.subarray(offset, offset + cut))
        offset += cut
        for (let frame = framer.next(); frame !== undefined; frame = framer.next())
          decodeFrontend(frame.type, frame.body)
        if (framer.pendingBytes() > bytes.length) throw new Error('held more than came')
      }
    })
    expectPgError(() => void decodeStartup(bytes))
  })
}

function expectPgError(work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof PgError)) throw error
  }
}

function mutate(bytes: Buffer, random: (below: number) => number): Buffer {
  const times = 1 + random(4)
  let changed = bytes
  for (let time = 0; time < times; time += 1) {
    const at = random(Math.max(1, changed.length))
    switch (random(5)) {
      case 0:
        changed[at] = random(256)
        break
      case 1:
        changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at + 1)])
        break
      case 2:
        changed = Buffer.concat([
          changed.subarray(0, at),
          Buffer.from([random(256), random(256)]),
          changed.subarray(at),
        ])
        break
      case 3:
        if (changed.length >= at + 4)
          changed.writeInt32BE([0, -1, -2, 0x7fff_ffff, -0x8000_0000, 65_535][random(6)] ?? 0, at)
        break
      default:
        changed = changed.subarray(0, at)
    }
  }
  return changed
}
