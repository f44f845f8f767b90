import { connect, createServer } from 'node:net'

// A process that passes bytes on and does nothing else: what any gateway written in Node costs at least.
const upstreamPort = Number(process.argv[2])
const server = createServer({ noDelay: true }, (client) => {
  const upstream = connect({ host: '127.0.0.1', port: upstreamPort, noDelay: true })
  client.pipe(upstream).pipe(client)
  client.on('error', () => upstream.destroy())
  upstream.on('error', () => client.destroy())
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') process.stdout.write(`listening on :${address.port}\n`)
})
