import { register } from 'node:module'

// The cluster and the models are those of the tests, which are TypeScript.
register('./typescript.mjs', import.meta.url)
const part = ['catalog', 'fences'].find((name) => process.argv.includes(`--${name}`))
await import(`./${part ?? 'bench'}.mjs`)
