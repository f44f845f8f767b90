import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A real client of Postgres, and the program here that drives it. */
export interface Client {
  readonly name: string
  /** Debian's packages, or npm's; the first is the client itself. */
  readonly packages: string
  /** Looks at files only: nothing is started to find out. */
  installed(): boolean
  /** Done before the run, if the program is compiled. `folder` is kept between runs. */
  build?(folder: string): Command
  run(folder: string): Command
}

export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

const HERE = 'test/e2e/clients'
/** Debian's own: another Python, Perl or Ruby on the PATH does not see Debian's packages. */
const PYTHON = '/usr/bin/python3'
const DIST_PACKAGES = '/usr/lib/python3/dist-packages'
const JDBC = '/usr/share/java/postgresql.jar'
const GO_SOURCES = '/usr/share/gocode'
const CRATES = '/usr/share/cargo/registry'

const own = (file: string): string => join(HERE, file)
const onPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(':').some((folder) => folder !== '' && existsSync(join(folder, program)))
const filesIn = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder) : [])
const readIfThere = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '')
const all =
  (...paths: readonly string[]) =>
  (): boolean =>
    paths.every((path) => existsSync(path))

function python(name: string, packages: string, modules: readonly string[]): Client {
  return {
    name,
    packages,
    installed: all(PYTHON, ...modules.map((module) => join(DIST_PACKAGES, module))),
    run: () => ({
      program: PYTHON,
      args: [own(`${name.toLowerCase()}_client.py`)],
      environment: { PYTHONDONTWRITEBYTECODE: '1' },
    }),
  }
}

function go(name: string, file: string, packages: string, path: string): Client {
  return {
    name,
    packages: `${packages} golang-go`,
    installed: () => onPath('go') && existsSync(join(GO_SOURCES, 'src', path)),
    build: (folder) => ({
      program: 'go',
      args: ['build', '-o', join(folder, file), own(`${file}.go`)],
      environment: { GO111MODULE: 'off', GOPATH: GO_SOURCES, GOCACHE: join(folder, 'cache'), GOFLAGS: '' },
    }),
    run: (folder) => ({ program: join(folder, file), args: [] }),
  }
}

function npm(name: string, folder = name): Client {
  return {
    name,
    packages: `npm: ${folder}`,
    installed: all(join('node_modules', folder)),
    run: () => ({ program: process.execPath, args: ['--no-deprecation', own(`${folder}.mjs`)] }),
  }
}

/** Those that take long to compile come first. */
export const CLIENTS: readonly Client[] = [
  {
    name: 'tokio-postgres',
    packages: 'librust-tokio-postgres-dev rustc cargo',
    installed: () =>
      existsSync('/usr/bin/cargo') &&
      existsSync('/usr/bin/rustc') &&
      filesIn(CRATES).some((file) => file.startsWith('tokio-postgres-')),
    // In a copy, because cargo writes beside the manifest.
    build: (folder) => ({
      program: 'sh',
      args: [
        '-c',
        `cp -a '${own('tokio')}/.' '${folder}' && cd '${folder}' && exec /usr/bin/cargo build --quiet --offline ` +
          `--config 'source.crates-io.replace-with="debian"' --config 'source.debian.directory="${CRATES}"'`,
      ],
      environment: { CARGO_HOME: join(folder, 'home'), RUSTC: '/usr/bin/rustc' },
    }),
    run: (folder) => ({ program: join(folder, 'target/debug/tokio-client'), args: [] }),
  },
  go('lib/pq', 'libpq', 'golang-github-lib-pq-dev', 'github.com/lib/pq'),
  go('pgx', 'pgx', 'golang-github-jackc-pgx-v4-dev', 'github.com/jackc/pgx/v4'),
  {
    name: 'psql',
    packages: 'postgresql-client',
    installed: () => onPath('psql') && onPath('bash'),
    run: () => ({ program: 'bash', args: [own('psql.sh')] }),
  },
  {
    name: 'pgjdbc',
    packages: 'libpostgresql-jdbc-java default-jdk-headless',
    installed: () => existsSync(JDBC) && onPath('javac'),
    build: (folder) => ({ program: 'javac', args: ['-cp', JDBC, '-d', folder, own('Jdbc.java')] }),
    run: (folder) => ({
      program: 'java',
      args: ['-Duser.timezone=UTC', '-XX:TieredStopAtLevel=1', '-cp', `${JDBC}:${folder}`, 'Jdbc'],
    }),
  },
  python('psycopg2', 'python3-psycopg2', ['psycopg2']),
  python('SQLAlchemy', 'python3-sqlalchemy python3-psycopg2', ['sqlalchemy', 'psycopg2']),
  python('pandas', 'python3-pandas python3-sqlalchemy python3-psycopg2', [
    'pandas',
    'sqlalchemy',
    'psycopg2',
  ]),
  python('psycopg3', 'python3-psycopg', ['psycopg']),
  python('asyncpg', 'python3-asyncpg', ['asyncpg']),
  {
    ...python('pyodbc', 'odbc-postgresql python3-pyodbc', []),
    installed: () =>
      existsSync(PYTHON) &&
      readIfThere('/etc/odbcinst.ini').includes('[PostgreSQL Unicode]') &&
      filesIn(DIST_PACKAGES).some((file) => file.startsWith('pyodbc.')),
  },
  npm('pg'),
  npm('postgres.js', 'postgres'),
  npm('knex'),
  npm('sequelize'),
  npm('typeorm'),
  npm('kysely'),
  {
    name: 'DBD::Pg',
    packages: 'libdbd-pg-perl',
    installed: () =>
      existsSync('/usr/bin/perl') && filesIn('/var/lib/dpkg/info').includes('libdbd-pg-perl.list'),
    run: () => ({ program: '/usr/bin/perl', args: [own('dbd_pg.pl')] }),
  },
  {
    name: 'ruby-pg',
    packages: 'ruby-pg',
    installed: () => existsSync('/usr/bin/ruby') && filesIn('/var/lib/dpkg/info').includes('ruby-pg.list'),
    run: () => ({ program: '/usr/bin/ruby', args: [own('ruby_pg.rb')] }),
  },
  {
    name: 'PHP PDO',
    packages: 'php-pgsql php-cli',
    installed: () =>
      existsSync('/usr/bin/php') &&
      filesIn('/etc/php').some((version) => existsSync(`/etc/php/${version}/cli/conf.d/20-pdo_pgsql.ini`)),
    run: () => ({ program: '/usr/bin/php', args: [own('pdo.php')] }),
  },
  {
    name: 'RPostgreSQL',
    packages: 'r-cran-rpostgresql r-base-core',
    installed: all('/usr/bin/Rscript', '/usr/lib/R/site-library/RPostgreSQL'),
    run: () => ({ program: '/usr/bin/Rscript', args: ['--vanilla', own('rpostgresql.R')] }),
  },
]
