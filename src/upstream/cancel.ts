import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { encodeCancelRequest } from '../protocol/request.js'
import type { UpstreamOptions } from './connect.js'
import type { Connection } from './connection.js'

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/**
 * Asks the upstream to cancel what a connection runs, and resolves when the request was taken. Until then the connection counts as
 * `cancelling`, so that it cannot go to another session and be hit there.
 */
export function cancelUpstream(connection: Connection, options: UpstreamOptions): Promise<void> {
  connection.cancelling ??= request(connection, options).finally(() => {
    connection.cancelling = undefined
  })
  return connection.cancelling
}

function request(connection: Connection, options: UpstreamOptions): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = options.host.startsWith('/')
      ? connectTcp({ path: `${options.host}/.s.PGSQL.${options.port}` })
      : connectTcp({ host: options.host, port: options.port })
    const packet = encodeCancelRequest(connection.processId, connection.secretKey)
    let sent = false
    const send = (to: Socket): void => {
      sent = true
      to.end(packet)
    }
    socket.setTimeout(options.connectTimeoutMs, () => {
      // Nobody knows when it will be taken, and whose statement runs then.
      if (sent) connection.destroy()
      socket.destroy()
    })
    socket.on('error', () => resolve())
    socket.on('close', () => resolve())
    socket.once('connect', () => {
      if (options.tls === undefined) return send(socket)
      socket.once('data', (answer) => {
        if (answer.toString('latin1') !== 'S') return socket.destroy()
        const secure = connectTls({ ...options.tls, socket, servername: options.host })
        secure.on('error', () => resolve())
        secure.on('close', () => resolve())
        secure.once('secureConnect', () => send(secure))
        return undefined
      })
      return socket.write(SSL_REQUEST)
    })
  })
}
