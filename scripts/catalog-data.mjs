import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { SETUP_SQL } from '../dist/catalog/setup.js'

// Makes the data directories with which the embedded databases start, so that nobody waits for initdb: a plain one for the demo, and the
// catalog's. They are made again when the setup or the PGlite release changes.
const { version } = JSON.parse(readFileSync('node_modules/@electric-sql/pglite/package.json', 'utf8'))
const STAMP = 'dist/data-stamp'
const stamp = createHash('sha256').update(`${version}\0${SETUP_SQL}`).digest('hex')
const files = ['dist/upstream/embedded.tar.gz', 'dist/catalog/catalog.tar.gz']
const made =
  existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp && files.every((file) => existsSync(file))

if (!made) {
  process.stdout.write('Preparing the embedded databases …\n')
  const database = await PGlite.create()
  for (const [index, sql] of ['SELECT 1', SETUP_SQL].entries()) {
    await database.exec(sql)
    const data = await database.dumpDataDir('gzip')
    writeFileSync(files[index] ?? '', Buffer.from(await data.arrayBuffer()))
  }
  await database.close()
  writeFileSync(STAMP, stamp)
}
