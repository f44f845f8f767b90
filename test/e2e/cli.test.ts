import { rmSync } from 'node:fs'
import { jwtVerify } from 'jose'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SETTING_SPECS } from '../../src/settings.js'
import {
  freePort,
  holdPort,
  killServing,
  type Outcome,
  rowgate,
  serve,
  type Variables,
} from '../support/cli.js'
import { type Cluster, startCluster } from '../support/cluster.js'
import { gatewayEnvironment, token, writeProject } from '../support/gateway.js'

const LONG_SECRET = 'a secret of the tests, of more than 32 bytes'

const folders: string[] = []
/** The upstream of most tests: the embedded one takes seconds to start. */
let cluster: Cluster
let upstream: Variables

beforeAll(async () => {
  cluster = await startCluster()
  await cluster.query(
    "CREATE TABLE things AS SELECT n AS id, n AS user_id, 'thing ' || n AS name FROM generate_series(1, 3) AS n",
  )
  await cluster.query('CREATE TABLE things_7 (id int)')
  upstream = gatewayEnvironment(cluster)
})

afterAll(async () => {
  killServing()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  await cluster?.stop()
})

function project(files: Readonly<Record<string, string>>): string {
  const folder = writeProject(files)
  folders.push(folder)
  return folder
}

/** A cube over the table of three things, each of another user; the model's other files come beside it. */
function smallProject(files: Readonly<Record<string, string>> = {}): string {
  return project({
    'model/Things.js': `cube('Things', {
  sql_table: 'things',
  dimensions: {
    id: { sql: 'id', type: 'number', primary_key: true },
    user_id: { sql: 'user_id', type: 'number' },
    name: { sql: 'name', type: 'string' },
  },
  measures: { count: { type: 'count' } },
  access_policy: [{ role: '*', row_level: { filters: [{ member: 'user_id', operator: 'equals', values: [securityContext.user_id] }] } }],
})`,
    ...files,
  })
}

/** A failure that a person can read: exit code 1, nothing on stdout, no stack trace. */
function expectSentence({ code, stdout, stderr }: Outcome, sentence: RegExp): void {
  expect(stderr).toMatch(sentence)
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2)
  expect(stdout.replace(/^No CUBEJS_DB_HOST is set: .*\n/, '')).toBe('')
  expect(code).toBe(1)
}

describe('help and usage', () => {
  test('serve --help lists every setting with its default', async () => {
    const { code, stdout, stderr } = await rowgate(['serve', '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const missing = SETTING_SPECS.filter(
      ({ name, fallback }) => !new RegExp(`^  ${name} .*${fallback}`, 'm').test(stdout),
    )
    expect(missing).toEqual([])
  })
  test('--version and --help end with 0', async () => {
    expect(await rowgate(['--version'])).toMatchObject({ code: 0, stdout: '0.1.0\n' })
    const { code, stdout } = await rowgate(['--help'])
    expect(code).toBe(0)
    for (const command of ['serve', 'token', 'check', 'explain']) expect(stdout).toContain(`  ${command} `)
  })
  test.each([
    [[], /Usage: rowgate/],
    [['nosuch'], /unknown command 'nosuch'/],
    [['token'], /required option '--claims <json>' not specified/],
    [['token', '--claims'], /argument missing/],
    [['serve', '--nosuch'], /unknown option '--nosuch'/],
    [['serve', 'extra'], /too many arguments/],
    [['explain', '--claims', '{}'], /missing required argument 'sql'/],
  ])('%j is a command line that cannot be read', async (args, message) => {
    const { code, stdout, stderr } = await rowgate(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
  })
})

describe('token', () => {
  const secret = { CUBEJS_API_SECRET: LONG_SECRET }
  const key = new TextEncoder().encode(LONG_SECRET)

  test('prints one line, a token whose claims verify, good for an hour', async () => {
    const { code, stdout, stderr } = await rowgate(
      ['token', '--claims', '{"user_id":42,"roles":["a","b"]}'],
      secret,
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    const { payload } = await jwtVerify(stdout.trim(), key, { algorithms: ['HS256'] })
    expect(payload).toMatchObject({ user_id: 42, roles: ['a', 'b'] })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3_600)
    expect(Math.abs((payload.iat ?? 0) - Date.now() / 1_000)).toBeLessThan(30)
  })
  test('--expires-in takes seconds, minutes, hours and days', async () => {
    const durations = { '90s': 90, '15m': 900, '12h': 43_200, '7d': 604_800 }
    for (const [duration, seconds] of Object.entries(durations)) {
      const { stdout } = await rowgate(['token', '--claims', '{}', '--expires-in', duration], secret)
      const { payload } = await jwtVerify(stdout.trim(), key)
      expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(seconds)
    }
  })
  test.each(['0s', '1w', '10', '-1h', '1h30m', '99999d'])('--expires-in=%s is refused', async (duration) => {
    const outcome = await rowgate(['token', '--claims', '{}', `--expires-in=${duration}`], secret)
    expectSentence(outcome, /^--expires-in: ".*" is no duration\n {4}fix: Write 90s, 15m, 1h or 7d\.$/m)
  })
  test.each(['{user_id:1}', '[1]', '', '{"a":1'])('--claims %j is refused', async (claims) => {
    const outcome = await rowgate(['token', `--claims=${claims}`], secret)
    expectSentence(outcome, /^--claims: .+\n {4}fix: Write a JSON object, such as \{"user_id":1\}/m)
  })
  test('a secret is needed; all problems are told at once', async () => {
    expectSentence(await rowgate(['token', '--claims', '{}']), /^CUBEJS_API_SECRET: is missing$/m)
    const { code, stderr } = await rowgate(['token', '--claims', '1', '--expires-in', 'x'])
    expect(code).toBe(1)
    expect(stderr.match(/^\S+(?=: )/gm)).toEqual(['CUBEJS_API_SECRET', '--claims', '--expires-in'])
  })
  test("the secret may stand in the project's .env, under the process's own", async () => {
    const folder = project({ '.env': `CUBEJS_API_SECRET="${LONG_SECRET}"\n` })
    const args = ['token', '--claims', '{"a":1}', '--project', folder]
    await jwtVerify((await rowgate(args)).stdout.trim(), key)
    const other = 'another secret, which is as long as the first'
    const { stdout } = await rowgate(args, { CUBEJS_API_SECRET: other })
    await jwtVerify(stdout.trim(), new TextEncoder().encode(other))
  })
})

describe('check', () => {
  test('a project without problems', async () => {
    const { code, stdout } = await rowgate(['check', '--project', smallProject()], upstream)
    expect(stdout).toMatch(/^1 cubes?, no problems$/m)
    expect(stdout).not.toContain('no row policy')
    expect(code).toBe(0)
  })
  test('several problems of several files at once, each with file, line and fix', async () => {
    const folder = smallProject({
      'model/Broken.js': `cube('Broken', {
  sql_table: 'things',
  dimensions: {
    id: { sql: 'id', type: 'numbr', primary_key: true },
  },
  measures: { n: { type: 'summ', sql: 'x' } },
})`,
      'model/bad.yml':
        'cubes:\n  - name: Bad\n    sql_table: things\n    dimensions:\n      - { name: id, sql: id, type: nope }\n',
    })
    const { code, stdout, stderr } = await rowgate(['check', '--project', folder], upstream)
    const problems = `${stdout}${stderr}`
    for (const place of ['model/Broken.js:4', 'model/Broken.js:6', 'model/bad.yml:5'])
      expect(problems).toMatch(new RegExp(`^${place}(:\\d+)?: .+\\n {4}fix: .+$`, 'm'))
    expect(code).toBe(1)
  })
  test('members that the upstream refuses, each with its own line', async () => {
    const folder = smallProject({
      'model/Wrong.js': `cube('Wrong', {
  sql_table: 'things',
  dimensions: {
    id: { sql: 'id', type: 'number', primary_key: true },
    a: { sql: 'nosuch', type: 'string' },
    b: { sql: 'lower(id)', type: 'string' },
  },
})`,
    })
    const { code, stdout } = await rowgate(['check', '--project', folder], upstream)
    expect(stdout).toMatch(/^model\/Wrong\.js:5: "Wrong\.a" fails .*nosuch.*\n {4}fix: /m)
    expect(stdout).toMatch(/^model\/Wrong\.js:6: "Wrong\.b" fails .*lower.*\n {4}fix: /m)
    expect(stdout).toMatch(/^model\/Wrong\.js:1: the cube "Wrong" has no row policy: every row is visible/m)
    expect(stdout).toMatch(/^2 problems$/m)
    expect(code).toBe(1)
  })
  test('a cube without a row policy is listed, and is no problem', async () => {
    const folder = smallProject({
      'model/open.yml':
        'cubes:\n  - name: Open\n    sql_table: things\n    dimensions:\n      - { name: id, sql: id, type: number, primary_key: true }\n',
    })
    const { code, stdout } = await rowgate(['check', '--project', folder], upstream)
    expect(stdout).toMatch(/^model\/open\.yml:2: the cube "Open" has no row policy/m)
    expect(stdout).not.toContain('"Things" has no row policy')
    expect(code).toBe(0)
  })
  test('--claims for a model that chooses its table by a claim', async () => {
    const folder = smallProject({
      'model/tenant.js':
        "cube('Tenant', {\n  sql_table: `things_${COMPILE_CONTEXT.securityContext.company}`,\n  dimensions: { id: { sql: 'id', type: 'number', primary_key: true } },\n})",
    })
    const check = (...args: readonly string[]): Promise<Outcome> =>
      rowgate(['check', '--project', folder, ...args], upstream)
    expect(await check('--claims', '{"company":7}')).toMatchObject({ code: 0 })
    const other = await check('--claims', '{"company":8}')
    expect(other.stdout).toMatch(/^model\/tenant\.js:1: the cube "Tenant" fails .*things_8/m)
    expect(other.code).toBe(1)
    expectSentence(await check(), /claim "company" is missing/)
  })
})

describe('explain', () => {
  const explain = (sql: string, claims: string, files: Variables = {}): Promise<Outcome> =>
    rowgate(['explain', '--project', smallProject(files), '--claims', claims, sql], upstream)

  test('prints SQL, parameters, and for each cube the policy and the claim', async () => {
    const { code, stdout, stderr } = await explain('SELECT name FROM Things', '{"user_id":2}')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^SELECT .*"things" .*\$1/m)
    expect(stdout).toMatch(/^\$1 = 2 .*user_id/m)
    expect(stdout).toMatch(/^Cube "Things" as "things"$/m)
    expect(stdout).toMatch(/^ {2}rows: .*user_id.*\(access_policy\)$/m)
    expect(stdout).toMatch(/^Claims: .*user_id/m)
  })
  test.each([
    ['SELECT nosuch FROM Things', '{"user_id":2}', /column "nosuch" does not exist/],
    ['SELECT * FROM nowhere', '{"user_id":2}', /relation "nowhere" does not exist \(at character 15\)/],
    ['', '{"user_id":2}', /no statement to explain/],
    ['DELETE FROM Things', '{"user_id":2}', /only a SELECT can be explained/],
    ['SELEC', '{"user_id":2}', /syntax error at or near "SELEC"/],
    ['SELECT * FROM Things', '{}', /claim "user_id" is missing/],
  ])('%s for %s is refused', async (sql, claims, sentence) => {
    expectSentence(await explain(sql, claims), sentence)
  })
})

describe('serve fails in one clear sentence', () => {
  const fails = (files: Variables, wrong: Variables, ...args: readonly string[]): Promise<Outcome> =>
    rowgate(['serve', '--project', smallProject(files), ...args], { ...upstream, ...wrong })

  test('the port is in use', async () => {
    const { port, server } = await holdPort()
    const outcome = await fails({}, {}, '--port', String(port))
    server.close()
    expectSentence(outcome, new RegExp(`port ${port} of 127\\.0\\.0\\.1 is in use\\n {4}fix: `))
  })
  test.each(['no-such-host.invalid', '203.0.113.77'])(
    'the address %s is none of this machine',
    async (host) => {
      expectSentence(
        await fails({}, { ROWGATE_HOST: host }),
        new RegExp(`${host.replaceAll('.', '\\.')} is no address of this machine\\n {4}fix: .*ROWGATE_HOST`),
      )
    },
  )
  test('the project folder is missing', async () => {
    expectSentence(
      await rowgate(['serve', '--project', 'nosuch'], upstream),
      /there is no folder "nosuch"\n {4}fix: .*--project/,
    )
  })
  test.each([
    ['module.exports = {\n  queryRewrite: (query => query\n}', /^cube\.js:3(:\d+)?: Unexpected token/],
    ['// rules\nmodule.exports = { queryRewrite: nosuch }', /^cube\.js:2(:\d+)?: nosuch is not defined/],
    ['module.exports = { queryRewrit: () => 1 }', /^cube\.js: "queryRewrit" is no option/],
    ['module.exports = 1', /^cube\.js: must export an object/],
  ])('cube.js is broken: %j', async (text, sentence) => {
    expectSentence(await fails({ 'cube.js': text }, {}), sentence)
  })
  test.each([
    [
      { ROWGATE_TLS_CERTT: 'x' },
      /^ROWGATE_TLS_CERTT: is no setting of Rowgate\n {4}fix: Did you mean ROWGATE_TLS_CERT\?/,
    ],
    [{ CUBEJS_PG_SQL_PORT: '70000' }, /^CUBEJS_PG_SQL_PORT: "70000" is not possible: must be a whole number/],
    [
      { ROWGATE_TLS_CERT: 'nosuch.pem', ROWGATE_TLS_KEY: 'test/support/tls/key.pem' },
      /^ROWGATE_TLS_CERT: the file "nosuch\.pem" cannot be read/,
    ],
  ])('a setting is wrong: %j', async (wrong: Variables, sentence) => {
    expectSentence(await fails({}, wrong), sentence)
  })
  test('there is no secret for a real upstream', async () => {
    const outcome = await fails({}, { CUBEJS_API_SECRET: '' })
    expectSentence(outcome, /^CUBEJS_API_SECRET: is missing: there is nothing to verify tokens with/)
  })
  test('the upstream cannot be reached', async () => {
    const port = await freePort()
    const outcome = await fails({}, { CUBEJS_DB_PORT: String(port) })
    expectSentence(
      outcome,
      new RegExp(`could not connect to the upstream database: .*127\\.0\\.0\\.1:${port}`),
    )
  })
})

describe('serve', () => {
  test('with the example project: both printed commands log in, and each sees other rows', async () => {
    const serving = await serve(['--project', 'config', '--port', '0'])
    const command =
      /^PGPASSWORD='(?<password>[^']+)' psql -h (?<host>\S+) -p (?<port>\d+) -U (?<user>\w+) -d (?<database>\w+) -c '(?<sql>[^']+)'$/gm
    const answers: unknown[] = []
    for (const { groups = {} } of serving.output().matchAll(command)) {
      const { sql = '', port, ...who } = groups
      expect(Number(port)).toBe(serving.port)
      const client = new pg.Client({ ...who, port: Number(port) })
      await client.connect()
      answers.push((await client.query(sql)).rows)
      await client.end()
    }
    expect(answers).toHaveLength(2)
    for (const rows of answers) expect(rows).not.toHaveLength(0)
    expect(answers[0]).not.toEqual(answers[1])
    serving.child.kill('SIGINT')
    expect(await serving.exited).toBe(0)
  })
  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends it with 0, tells who is there, and frees the port',
    async (signal) => {
      const serving = await serve(['--project', smallProject()], upstream)
      const password = await token({ user_id: 2 })
      const client = new pg.Client({
        host: '127.0.0.1',
        port: serving.port,
        user: 'ann',
        database: 'db',
        password,
      })
      const told = new Promise<string | undefined>((done) =>
        client.on('error', (error) => done((error as { code?: string }).code)),
      )
      await client.connect()
      expect((await client.query('SELECT name FROM Things')).rows).toEqual([{ name: 'thing 2' }])
      serving.child.kill(signal)
      expect(await told).toBe('57P01')
      expect(await serving.exited).toBe(0)
      const { server } = await holdPort(serving.port)
      server.close()
    },
  )
})
