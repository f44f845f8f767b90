import { mkdirSync, writeFileSync } from 'node:fs'
import { register } from 'node:module'
import { dirname } from 'node:path'

// Writes src/plan/lists: what the real servers have in pg_catalog, sorted by the rules of lists/classify.ts. The diff is the review.
register('../bench/typescript.mjs', import.meta.url)
const { readServers } = await import('./lists/servers.ts')
const { printModules } = await import('./lists/modules.ts')

for (const [path, text] of printModules(await readServers())) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  process.stdout.write(`${path}\n`)
}
