import { PgError } from '../errors.js'
import { encodeParameterStatus, encodeReadyForQuery } from '../protocol/backend.js'
import { FramingError } from '../protocol/framer.js'
import type { FrontendMessage } from '../protocol/message.js'
import type { Node } from '../sql/tree.js'
import { ClientGone, RowTorn } from '../upstream/exchange.js'
import { endCatalogCursors } from './catalog-command.js'
import { leaveUpstream, SessionEnd, startExpiryTimer, startIdleTimer, tokenExpired } from './ending.js'
import { runBind, runClose, runDescribe, runExecute, runParse } from './extended.js'
import type { Malformed, Reader } from './reader.js'
import { errorFrame, ReportedError, reportOf } from './report.js'
import { endScope, failScope } from './scope.js'
import { reportedValues } from './settings.js'
import { runSimple } from './simple.js'
import type { SessionState } from './state.js'
import { failed } from './transaction.js'
import { releaseIfIdle, undoImplicit } from './upstream-command.js'

export interface SessionDeps {
  readonly reader: Reader
  readonly state: SessionState
  /** What SHOW answers about the server and the session, by lower-case name. */
  readonly facts: ReadonlyMap<string, string>
  /** Values of the parameters that the client was told last. */
  readonly reported: Map<string, string>
}

export interface Session {
  /** Serves the client until it leaves; always resolves. */
  run(): Promise<void>
  /** Cancels what runs now, as a CancelRequest asks. */
  cancel(): void
  /** How it stands, in the words of pg_stat_activity. */
  activity(): { readonly state: string; readonly query: string }
  /** Ends the session after what it runs now, with this error. */
  stop(error: PgError): void
}

/** Statements of a pipeline of which nobody was told yet. */
const STATEMENTS_UNTOLD_MAX = 500
/** SQLSTATE of a statement whose client did not wait for its end: connection_failure. */
const CLIENT_GONE = '08006'
/** A statement is cancelled again, if the client asks for it again, no sooner than this: each cancel is a connection to the upstream. */
const CANCEL_PAUSE_MS = 100

/** Characters of a statement in pg_stat_activity, as track_activity_query_size has it. */
const QUERY_SHOWN_MAX = 1_024

/**
 * One client connection after its login. Messages are taken one by one; replies of the upstream are due up to Flush or Sync, and the next
 * message is read when they have gone out.
 */
export function createSession({ reader, state, facts, reported }: SessionDeps): Session {
  let skipping = false
  let busy = false
  let messageCount = 0
  let stopping: PgError | undefined
  let wake: (() => void) | undefined
  let lastText = ''
  let reportedSettings = state.settings

  const beforeStatement = (): void => {
    const { expiresAtMs } = state.context
    if (expiresAtMs !== undefined && state.nowMs() >= expiresAtMs) throw new SessionEnd(tokenExpired())
  }

  const reportParameters = (): void => {
    if (reportedSettings === state.settings) return
    reportedSettings = state.settings
    for (const [name, value] of reportedValues(state.settings, state.upstreamDefaults)) {
      if (reported.get(name) === value) continue
      reported.set(name, value)
      state.writer.write(encodeParameterStatus(name, value))
    }
  }

  /** Ends a request: the upstream is synchronised, the connection given back, the client told how it stands. */
  const ready = async (): Promise<void> => {
    try {
      await state.batch.settle({ sync: true })
    } catch (error) {
      await answerError(error)
      await state.batch.settle({ sync: true })
    }
    tell()
    state.implicitBlock = false
    if (state.transaction.status === 'I') {
      endScope(state, { commits: true })
      endCatalogCursors(state)
    }
    reportParameters()
    await releaseIfIdle(state)
    state.writer.write(encodeReadyForQuery(state.transaction.status))
  }

  /** Answers a failed statement. What was planned before it goes first, and may itself fail instead. */
  const answerError = async (thrown: unknown): Promise<void> => {
    let error = thrown
    if (state.batch.size() > 0 && !(thrown instanceof SessionEnd)) {
      try {
        await state.batch.settle({ sync: false })
      } catch (earlier) {
        error = earlier
      }
    }
    state.account.fail(codeOf(error))
    if (endsSession(error)) throw error
    // Cursors that were held are gone with their connection.
    if (state.lease.current()?.closed() ?? true) {
      state.lease.destroy()
      state.heldCursors.clear()
      state.batch.clear()
      state.transaction = { ...state.transaction, begun: false }
    }
    if (state.transaction.status === 'I') undoImplicit(state)
    failScope(state)
    state.transaction = failed(state.transaction)
    if (reportOf(error).code === 'XX000' && !(error instanceof ReportedError))
      state.observe({ kind: 'internal_error', sessionId: state.id, error })
    if (error instanceof ReportedError && error.withheld !== undefined)
      state.observe({
        kind: 'warning',
        message: `the upstream failed on SQL of the model for session ${state.id}: ${error.report.code} ${error.withheld}`,
      })
    state.writer.write(errorFrame(error, 'ERROR'))
  }

  /** Tells of the statements whose end is known. */
  const tell = (): void => {
    for (const { text, startedAtMs, endedAtMs, reads, rows, bytes, code } of state.account.close()) {
      state.observe({
        kind: 'statement',
        sessionId: state.id,
        user: state.context.user,
        address: state.audit.address,
        who: state.audit.who,
        sql: text,
        fingerprint: state.audit.fingerprints ? fingerprintOf(state, text) : undefined,
        outcome: code === undefined ? 'ok' : 'error',
        code,
        durationMs: (endedAtMs ?? state.nowMs()) - startedAtMs,
        ...reads,
        rows,
        bytes,
      })
    }
  }

  const runQuery = async (sql: string): Promise<void> => {
    lastText = sql
    try {
      await runSimple(state, sql, facts, beforeStatement)
      await state.batch.settle({ sync: true })
    } catch (error) {
      await answerError(error)
    }
    await ready()
  }

  const runExtended = async (message: FrontendMessage): Promise<void> => {
    const { account, statements, portals } = state
    switch (message.type) {
      case 'parse': {
        lastText = message.sql
        const entry = account.expect(message.sql)
        await runParse(state, message)
        entry.text = statements.get(message.name)?.text ?? message.sql
        return
      }
      case 'bind':
        account.expect(statements.get(message.statement)?.text ?? '')
        return runBind(state, message)
      case 'describe': {
        const { target, name } = message
        account.expect((target === 'portal' ? portals.get(name)?.prepared : statements.get(name))?.text ?? '')
        return runDescribe(state, message)
      }
      case 'execute': {
        const { text, command } = portals.get(message.portal)?.prepared ?? {}
        lastText = text ?? lastText
        if (text === undefined) account.expect('')
        else account.begin(text)
        beforeStatement()
        await runExecute(state, message, facts)
        // After COMMIT or DISCARD ALL the next statement of a pipeline begins anew.
        state.implicitBlock = !(command?.kind === 'local' && commits(command.node))
        return
      }
      case 'close':
        return runClose(state, message)
      case 'flush':
        return settleAndTell()
      default:
        throw new FramingError('protocol_violation', `unexpected message ${message.type}`)
    }
  }

  /** What a pipeline asked before a message of another kind: an error in it is skipped to Sync, that message too. */
  const settleExtended = async (): Promise<void> => {
    try {
      await state.batch.settle({ sync: false })
    } catch (error) {
      skipping = true
      await answerError(error).finally(tell)
    }
  }

  const settleAndTell = async (): Promise<void> => {
    await state.batch.settle({ sync: false })
    tell()
  }

  const handle = async (message: FrontendMessage | Malformed): Promise<void> => {
    if (message.type === 'sync') {
      skipping = false
      return ready()
    }
    // After an error everything up to Sync is discarded, a Query too.
    if (skipping) return
    if (message.type === 'query' || message.type === 'function-call') await settleExtended()
    if (skipping) return
    switch (message.type) {
      case 'query':
        return runQuery(message.sql)
      case 'function-call':
        await answerError(
          new PgError(
            'feature_not_supported',
            'the function-call message is not available through this gateway',
            { hint: 'Call the function in a SELECT.' },
          ),
        )
        return ready()
      case 'malformed':
        await answerError(message.error)
        skipping = message.extended
        return skipping ? undefined : ready()
      case 'copy-data':
      case 'copy-done':
      case 'copy-fail':
        // Leftovers of a COPY that was refused; Postgres ignores them too.
        return
      default:
        try {
          await runExtended(message)
          if (state.batch.full() || state.account.size() > STATEMENTS_UNTOLD_MAX) await settleAndTell()
        } catch (error) {
          skipping = true
          await answerError(error).finally(tell)
        }
    }
  }

  /** Waits for a message or for the order to stop, whichever is first. */
  const messageOrStop = (): Promise<FrontendMessage | Malformed | undefined> => {
    const stopped = new Promise<never>((_resolve, reject) => {
      wake = () => reject(new SessionEnd(stopping ?? tokenExpired()))
      if (stopping !== undefined) wake()
    })
    stopped.catch(() => undefined)
    const endWait = startIdleTimer(state, stop)
    return Promise.race([stopped, nextMessage()]).finally(endWait)
  }

  /** Whoever does not read the answers that there are gets no more of them. */
  const nextMessage = async (): Promise<FrontendMessage | Malformed | undefined> => {
    if (state.writer.full()) await state.writer.drained()
    return reader.next()
  }

  const stop = (error: PgError): void => {
    stopping ??= error
    wake?.()
  }

  let cancelledAtMs = Number.NEGATIVE_INFINITY
  let cancelLater: NodeJS.Timeout | undefined

  const cancel = (): void => {
    state.lease.interrupt()
    state.catalog.interrupt()
    const connection = state.lease.current()
    if (!busy || connection === undefined || connection.closed() || cancelLater !== undefined) return
    const pauseMs = cancelledAtMs + CANCEL_PAUSE_MS - state.nowMs()
    if (pauseMs <= 0) {
      cancelledAtMs = state.nowMs()
      return void state.cancelUpstream(connection)
    }
    const asked = messageCount
    cancelLater = setTimeout(() => {
      cancelLater = undefined
      // What runs by then may be another statement, which nobody wants to cancel.
      if (asked === messageCount) cancel()
    }, pauseMs)
  }

  /** Nobody waits for the answer any more; the upstream need not compute it. */
  const onGone = (): void => {
    const connection = state.lease.current()
    cancel()
    if (!busy || connection === undefined) return
    void (connection.cancelling ?? Promise.resolve()).finally(() => {
      // By then it may have been given back, and be somebody else's.
      if (state.lease.current() === connection) connection.destroy()
    })
  }

  const sayGoodbye = (error: unknown): string => {
    if (state.writer.stalled()) return 'the client did not read its answer'
    if (error instanceof ClientGone || reader.gone.aborted) return 'the client left'
    if (error instanceof RowTorn) return error.message
    const last = error instanceof SessionEnd ? error.error : error
    if (!(last instanceof PgError))
      state.observe({ kind: 'internal_error', sessionId: state.id, error: last })
    state.writer.write(errorFrame(last, 'FATAL'))
    return last instanceof PgError ? last.message : 'internal error'
  }

  const activity = (): { readonly state: string; readonly query: string } => {
    const idle = { I: 'idle', T: 'idle in transaction', E: 'idle in transaction (aborted)' }
    return {
      state: busy ? 'active' : idle[state.transaction.status],
      query: lastText.slice(0, QUERY_SHOWN_MAX),
    }
  }

  return {
    cancel,
    stop,
    activity,
    async run() {
      let reason = 'the client left'
      reader.gone.addEventListener('abort', onGone, { once: true })
      const endWait = startExpiryTimer(state.context.expiresAtMs, state.nowMs, () => stop(tokenExpired()))
      try {
        for (
          let message = await messageOrStop();
          message !== undefined && message.type !== 'terminate';
          message = await messageOrStop()
        ) {
          busy = true
          messageCount += 1
          await handle(message).finally(() => {
            busy = false
          })
        }
      } catch (error) {
        reason = sayGoodbye(error)
      } finally {
        endWait()
        clearTimeout(cancelLater)
        tell()
        reader.gone.removeEventListener('abort', onGone)
        await leaveUpstream(state)
        state.observe({ kind: 'session_ended', sessionId: state.id, reason })
        state.writer.end()
      }
    },
  }
}

/** Whether Postgres commits at once what a statement did. */
function commits(node: Node): boolean {
  return 'TransactionStmt' in node || ('DiscardStmt' in node && node.DiscardStmt.target === 'DISCARD_ALL')
}

/** After these nothing can be answered, or nothing more. */
function endsSession(error: unknown): boolean {
  return (
    error instanceof SessionEnd ||
    error instanceof ClientGone ||
    error instanceof RowTorn ||
    error instanceof FramingError
  )
}

function codeOf(error: unknown): string {
  if (error instanceof RowTorn) return codeOf(error.cause)
  if (error instanceof ClientGone) return CLIENT_GONE
  return reportOf(error instanceof SessionEnd ? error.error : error).code
}

/** Undefined for what cannot be parsed. */
function fingerprintOf(state: SessionState, sql: string): string | undefined {
  try {
    return state.parse(sql).fingerprint()
  } catch {
    return undefined
  }
}
