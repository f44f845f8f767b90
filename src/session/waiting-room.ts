/** Connections that have not logged in yet. They cost memory and prove nothing, so their number has an end. */
export interface WaitingRoom {
  /**
   * Takes one in. If the room is full, the one that has been waited for longest is sent away: silence must not keep others out, and
   * neither must it keep out those who only want to cancel.
   */
  enter(sendAway: () => void): Place
}

export interface Place {
  /** The client has said all that it is to say: it is not sent away any more. */
  keep(): void
  leave(): void
}

export function createWaitingRoom(placesMax: number): WaitingRoom {
  /** In the order in which they came. */
  const silent = new Map<symbol, () => void>()
  const kept = new Set<symbol>()
  return {
    enter(sendAway) {
      const id = Symbol('place')
      silent.set(id, sendAway)
      if (silent.size + kept.size > placesMax) {
        const [oldest] = silent
        if (oldest !== undefined) {
          silent.delete(oldest[0])
          oldest[1]()
        }
      }
      return {
        keep() {
          if (silent.delete(id)) kept.add(id)
        },
        leave() {
          silent.delete(id)
          kept.delete(id)
        },
      }
    },
  }
}
