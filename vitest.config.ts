import { defineConfig } from 'vitest/config'
import { countingReporter } from './test/support/reporter.js'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default', countingReporter],
  },
})
