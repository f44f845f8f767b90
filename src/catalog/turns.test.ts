import { describe, expect, test } from 'vitest'
import { createPenalty } from './penalty.js'
import { createTurns, type Turns } from './turns.js'

const quiet = (): void => undefined

/** Work that ends when it is told to. */
function job(turns: Turns, owner: string, name: string, log: string[]): { done: Promise<void>; end(): void } {
  let end = quiet
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const done = turns.take(owner, async () => {
    log.push(name)
    await ended
  })
  return { done, end: () => end() }
}

describe('turns', () => {
  test('owners are served in turn, whatever each of them sends', async () => {
    const turns = createTurns({ waitersMax: 100, onWait: quiet })
    const log: string[] = []
    const jobs = [
      ...['a1', 'a2', 'a3'].map((name) => job(turns, 'a', name, log)),
      ...['b1', 'b2'].map((name) => job(turns, 'b', name, log)),
      job(turns, 'c', 'c1', log),
    ]
    for (const { end } of jobs) end()
    await Promise.all(jobs.map(({ done }) => done))
    expect(log).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2'])
  })

  test('one that fails gives way to the next', async () => {
    const turns = createTurns({ waitersMax: 100, onWait: quiet })
    const failed = turns.take('a', () => Promise.reject(new Error('no')))
    const next = turns.take('a', () => Promise.resolve(2))
    await expect(failed).rejects.toThrow('no')
    expect(await next).toBe(2)
  })

  test('nobody fills the queue, and all together do not', async () => {
    const turns = createTurns({ waitersMax: 8, onWait: quiet })
    const first = job(turns, 'z', 'z1', [])
    const waiting = ['a', 'a', 'b', 'b', 'c', 'c'].map((owner) => job(turns, owner, owner, []))
    await expect(turns.take('a', () => Promise.resolve())).rejects.toMatchObject({
      condition: 'too_many_connections',
    })
    const more = ['d', 'd'].map((owner) => job(turns, owner, owner, []))
    await expect(turns.take('e', () => Promise.resolve())).rejects.toMatchObject({
      condition: 'too_many_connections',
    })
    for (const { end } of [first, ...waiting, ...more]) end()
    await Promise.all([...waiting, ...more].map(({ done }) => done))
  })

  test('whoever waits for another is told of', async () => {
    const told: string[] = []
    const turns = createTurns({ waitersMax: 8, onWait: (owner) => told.push(owner) })
    const jobs = [job(turns, 'a', 'a1', []), job(turns, 'a', 'a2', []), job(turns, 'b', 'b1', [])]
    expect(told).toEqual(['a'])
    expect([turns.othersWait('a'), turns.othersWait('b')]).toEqual([true, true])
    for (const { end } of jobs) end()
    await Promise.all(jobs.map(({ done }) => done))
    expect(turns.othersWait('a')).toBe(false)
  })
})

test('whoever costs five workers in a minute is refused until the minute is over', () => {
  let nowMs = 0
  const penalty = createPenalty(() => nowMs)
  for (let time = 0; time < 5; time += 1) {
    penalty.check('a')
    penalty.note('a')
    nowMs += 1_000
  }
  expect(() => penalty.check('a')).toThrow('took too long too often')
  penalty.check('b')
  nowMs = 59_999
  expect(() => penalty.check('a')).toThrow()
  nowMs = 60_000
  penalty.check('a')
})
