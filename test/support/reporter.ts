import type { Reporter, TestModule } from 'vitest/node'

/** Ends the run with one line that a script can read: `N passed, N failed`. */
export const countingReporter: Reporter = {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]) {
    const states = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => test.result().state),
    )
    const count = (state: string): number => states.filter((other) => other === state).length
    const broken = modules.filter(
      (module) => module.state() === 'failed' && module.children.size === 0,
    ).length
    const skipped = count('skipped')
    process.stdout.write(
      `${count('passed')} passed, ${count('failed') + broken + unhandled.length} failed${skipped === 0 ? '' : `, ${skipped} skipped`}\n`,
    )
  },
}
