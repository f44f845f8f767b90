import type { Outcome } from './judge.js'

/** What became of the attacks, by class. */
export interface Score {
  add(attackClass: string, attack: string, outcome: Outcome, violations: number): void
  /** A table for people, one line per class. */
  table(): string
  attacks(): number
}

export function createScore(): Score {
  const classes = new Map<
    string,
    { attacks: Set<string>; answered: number; refused: number; violations: number }
  >()
  const attacks = (): number => [...classes.values()].reduce((sum, line) => sum + line.attacks.size, 0)
  return {
    attacks,
    add(attackClass, attack, outcome, violations) {
      const line = classes.get(attackClass) ?? { attacks: new Set(), answered: 0, refused: 0, violations: 0 }
      line.attacks.add(attack)
      line[outcome] += 1
      line.violations += violations
      classes.set(attackClass, line)
    },
    table() {
      const lines = [...classes].map(([name, line]) => [
        name,
        line.attacks.size,
        line.answered,
        line.refused,
        line.violations,
      ])
      const sum = (column: number): number => lines.reduce((total, line) => total + Number(line[column]), 0)
      const all = [
        ['class', 'attacks', 'answered', 'refused', 'violations'],
        ...lines,
        ['all', sum(1), sum(2), sum(3), sum(4)],
      ]
      return all
        .map(
          ([name, ...numbers]) =>
            String(name).padEnd(24) + numbers.map((n) => String(n).padStart(12)).join(''),
        )
        .join('\n')
    },
  }
}
