import { register } from 'node:module'

// The cluster and the models are those of the tests, which are TypeScript.
register('./typescript.mjs', import.meta.url)
await import(process.argv.includes('--catalog') ? './catalog.mjs' : './bench.mjs')
