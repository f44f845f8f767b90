import { closePortal } from './portal.js'
import type { SettingValues } from './settings.js'
import type { SessionState } from './state.js'

/** What ROLLBACK TO goes back to. */
export interface Savepoint {
  readonly name: string
  readonly settings: SettingValues
  readonly settingsOnCommit: SettingValues
}

/** SAVEPOINT. */
export function beginSavepoint(state: SessionState, name: string): void {
  const { settings, settingsOnCommit } = state
  state.savepoints.push({ name, settings, settingsOnCommit })
}

/** RELEASE: what was opened since the savepoint belongs to what is around it. */
export function releaseSavepoint(state: SessionState, index: number): void {
  for (const portal of state.portals.values()) portal.depth = Math.min(portal.depth, index)
  state.savepoints = state.savepoints.slice(0, index)
}

/** ROLLBACK TO: settings go back, and what was opened since the savepoint is closed. */
export function returnToSavepoint(state: SessionState, index: number): void {
  const savepoint = state.savepoints[index]
  if (savepoint === undefined) return
  state.settings = savepoint.settings
  state.settingsOnCommit = savepoint.settingsOnCommit
  for (const [name, { depth }] of state.portals) if (depth > index) closePortal(state, name)
  state.savepoints = state.savepoints.slice(0, index + 1)
}

/** A statement failed. A block stays open, but what it set since its last savepoint is undone at once. */
export function failScope(state: SessionState): void {
  if (state.transaction.status === 'I') return endScope(state, { commits: false })
  state.settings = state.savepoints.at(-1)?.settings ?? state.settingsOnRollback
}

/** The session's own part of a transaction's end. Outside a block a request ends as a transaction, too. */
export function endScope(state: SessionState, { commits }: { readonly commits: boolean }): void {
  state.settings = commits ? state.settingsOnCommit : state.settingsOnRollback
  state.settingsOnCommit = state.settings
  state.settingsOnRollback = state.settings
  state.savepoints = []
  for (const [name, portal] of state.portals) {
    if (commits && portal.cursor?.hold) portal.kept = true
    portal.depth = 0
    if (!portal.kept) closePortal(state, name)
  }
}
