import type { SecurityContext } from '../auth/context.js'
import type { CatalogReply } from '../catalog/reply.js'
import type { Observe } from '../events.js'
import type { WrittenSetting } from '../plan/route.js'
import type { FormatCode } from '../protocol/message.js'
import type { Parsed, Statement } from '../sql/parse.js'
import type { Node } from '../sql/tree.js'
import type { Connection } from '../upstream/connection.js'
import type { Account } from './audit.js'
import type { Batch } from './batch.js'
import type { CatalogCursor } from './catalog-cursor.js'
import type { Lease } from './lease.js'
import type { LocalAnswer } from './local-answer.js'
import type { Planner } from './planner.js'
import type { Given } from './result-limit.js'
import type { Savepoint } from './scope.js'
import type { PlacedStatement, SessionCatalog } from './session-catalog.js'
import type { SettingValues } from './settings.js'
import type { Transaction } from './transaction.js'
import type { UpstreamStatement } from './upstream-statement.js'
import type { Writer } from './writer.js'

/** What a statement does when it is executed. */
export type Command =
  | { readonly kind: 'empty' }
  | { readonly kind: 'upstream'; readonly statement: UpstreamStatement }
  /** Runs FETCH, MOVE or CLOSE where the cursor lives. */
  | { readonly kind: 'cursor'; readonly statement: UpstreamStatement; readonly node: Node }
  /** Answered by the embedded catalog. `settings` are those that the statement sets by set_config. */
  | {
      readonly kind: 'catalog'
      readonly statement: PlacedStatement
      readonly settings: readonly WrittenSetting[]
      /** How long the session waits before it asks; undefined for all but pg_sleep. */
      readonly delayMs: number | undefined
      /** Arguments of EXECUTE; undefined for any other statement. */
      readonly values?: readonly (Buffer | null)[]
    }
  /** A cursor over an answer of the catalog: DECLARE with its query; FETCH, MOVE or CLOSE without. */
  | {
      readonly kind: 'catalog-cursor'
      readonly node: Node
      readonly declared: PlacedStatement | undefined
    }
  /** Answered by the session itself. `columns` are those of its result, all text. */
  | {
      readonly kind: 'local'
      readonly node: Node
      readonly columns: readonly string[] | undefined
      readonly source: Source
    }

/** A statement's own text and the character (from 1) of the client's at which it begins. */
export type Source = Pick<Statement, 'text' | 'start'>

/** A statement of the client's, prepared under a name (or under none). */
export interface Prepared {
  readonly text: string
  readonly command: Command
  readonly declaredOids: readonly number[]
  /** What the catalog said of it, if the catalog answers it. */
  readonly described: CatalogReply | undefined
}

export interface Portal {
  readonly prepared: Prepared
  readonly values: readonly (Buffer | null)[]
  readonly formats: readonly FormatCode[]
  readonly resultFormats: readonly FormatCode[]
  /** Set if SQL declared it (DECLARE). */
  readonly cursor: { readonly hold: boolean; readonly binary: boolean } | undefined
  /** How many savepoints it was made after. */
  depth: number
  /** Whether it outlived its transaction, so that no rollback takes it away. */
  kept: boolean
  /** Set once a local command without a result ran: it does not run again. */
  done: boolean
  /** What a local command gave, once it ran. */
  answer: LocalAnswer | undefined
  /** The catalog's answer, once it was asked. */
  reply: CatalogReply | undefined
  /** How many rows of either were sent. */
  sent: number
  /** What the upstream gave so far. */
  readonly given: Given
}

/** The lasting parts of one session, which its commands read and change. */
export interface SessionState {
  readonly id: number
  readonly context: SecurityContext
  readonly planner: Planner
  readonly catalog: SessionCatalog
  readonly observe: Observe
  readonly writer: Writer
  readonly lease: Lease
  readonly batch: Batch
  readonly parse: (sql: string) => Parsed
  readonly nowMs: () => number
  readonly account: Account
  /** Who is told of in the audit: address, claims; whether anybody audits. */
  readonly audit: {
    readonly address: string
    readonly who: Readonly<Record<string, string>>
    readonly fingerprints: boolean
  }
  /** What each of its transactions begins with upstream; undefined for nothing. */
  readonly wallSql: string | undefined
  readonly limits: {
    readonly statementsMax: number
    readonly portalsMax: number
    /** Of the catalog's answers that it holds for its portals and cursors. */
    readonly answerBytesMax: number
    /** Of one statement or portal; 0 for no limit. */
    readonly resultRowsMax: number
    /** Of its rows; 0 for no limit. */
    readonly resultBytesMax: number
  }
  /** Asks the upstream to end what the connection runs; resolves when that was taken, and never rejects. */
  readonly cancelUpstream: (connection: Connection) => Promise<void>
  /** Values of the upstream's settings where the session set none. */
  readonly upstreamDefaults: ReadonlyMap<string, string>
  transaction: Transaction
  /** Whether what runs now is one of several statements that are a transaction without BEGIN: those of one text, or up to one Sync. */
  implicitBlock: boolean
  /** Settings as they are now. */
  settings: SettingValues
  /** Settings once the transaction is committed: SET LOCAL ends with it. What runs outside a block is a transaction, too. */
  settingsOnCommit: SettingValues
  settingsOnRollback: SettingValues
  /** Settings of the StartupMessage, to which RESET goes back. */
  startSettings: SettingValues
  /** Names that an application made up. Once set they exist, with an empty value at least. */
  readonly customSettings: Set<string>
  savepoints: Savepoint[]
  readonly statements: Map<string, Prepared>
  readonly portals: Map<string, Portal>
  /** Names of WITH HOLD cursors that the upstream may have, from DECLARE on. They keep the connection: nobody else may fetch from them. */
  readonly heldCursors: Set<string>
  readonly catalogCursors: Map<string, CatalogCursor>
}
