// Builds and serves in one process, so that Ctrl-C reaches the gateway itself and nothing is left behind.
await import('./build.mjs')
process.argv.splice(2, 0, 'serve')
await import('../dist/cli.js')
