import { decodeDataRow } from '../protocol/backend.js'
import { quoteIdentifier } from '../sql/print/output.js'
import { hiddenSteps, setSql } from './lease.js'
import type { SessionState } from './state.js'
import { takeConnection } from './upstream-command.js'

/**
 * Has the upstream check and apply a value.
 *
 * @returns the value in the upstream's own spelling, which means the same whatever was set before (`German` is `German, DMY`)
 */
export async function applySetting(state: SessionState, name: string, value: string): Promise<string> {
  const connection = await takeConnection(state)
  let shown = value
  const onRow = (frame: Buffer): void => {
    shown = decodeDataRow(frame)[0]?.toString('utf8') ?? value
  }
  state.batch.before(connection, hiddenSteps(setSql(name, value)), { errorsAreOwn: true })
  state.batch.before(connection, hiddenSteps(`SHOW ${quoteIdentifier(name)}`, { onRow }))
  await state.batch.settle({ sync: false })
  connection.applied = new Map(connection.applied).set(name, shown)
  return shown
}
