import { connect } from 'node:net'

/**
 * Exits with 0 if the gate on this machine answers an SSLRequest (manual, "SSL Session Encryption"), with 1 if it does not within two
 * seconds. For the health check of a container; it logs in as nobody, so it costs no session.
 */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])
const socket = connect(Number(process.env.CUBEJS_PG_SQL_PORT ?? 15_432), '127.0.0.1', () =>
  socket.write(SSL_REQUEST),
)
const fail = (): never => process.exit(1)
socket.setTimeout(2_000, fail)
socket.once('error', fail)
socket.once('end', fail)
socket.once('data', ([answer]) => process.exit(answer === 0x53 || answer === 0x4e ? 0 : 1))
