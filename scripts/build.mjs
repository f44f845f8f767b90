import { execFileSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { createRequire } from 'node:module'

// Compiles src/ to dist/ and makes the command executable.
const require = createRequire(import.meta.url)
process.stdout.write('Building …\n')
try {
  execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
    stdio: 'inherit',
  })
} catch {
  process.exit(1)
}
chmodSync('dist/cli.js', 0o755)
