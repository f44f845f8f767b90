import { execFileSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { createRequire } from 'node:module'

// Compiles src/ to dist/, makes the command executable, and prepares the embedded databases.
const require = createRequire(import.meta.url)
const run = (...args) => execFileSync(process.execPath, args, { stdio: 'inherit' })
process.stdout.write('Building …\n')
try {
  run(require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json')
  run('scripts/catalog-data.mjs')
} catch {
  process.exit(1)
}
chmodSync('dist/cli.js', 0o755)
