"""psycopg 3: server-side parameters, binary results, pipeline, named cursors, COPY."""
import datetime
import decimal
import threading
import uuid

import psycopg
from psycopg.rows import dict_row, tuple_row

from checks import *

report('version', psycopg.__version__)
connection = psycopg.connect(dbname=DATABASE, **ADDRESS)


def ask(statement, values=None, **options):
    return connection.execute(statement, values, **options).fetchall()


@check('login', connection.rollback)
def _():
    same([('ann', 'db')], ask('SELECT current_user::text, current_database()::text'))
    same([(connection.info.backend_pid,)], ask('SELECT pg_backend_pid()'))


@check('tables', connection.rollback)
def _():
    same(EXPECTED_TABLES, ask(TABLES))


@check('columns', connection.rollback)
def _():
    same(EXPECTED_COLUMNS, ask(COLUMNS))
    described = connection.execute('SELECT * FROM "Orders" LIMIT 0').description
    same([name for name, _, _ in EXPECTED_COLUMNS], [column.name for column in described])
    same(('numeric', 10, 2), (psycopg.adapters.types[described[3].type_code].name, described[3].precision, described[3].scale))


@check('keys', connection.rollback)
def _():
    same(EXPECTED_KEYS, ask(KEYS))


@check('type info', connection.rollback)
def _():
    from psycopg.types import TypeInfo
    from psycopg.types.enum import EnumInfo
    same(2950, TypeInfo.fetch(connection, 'uuid').oid)
    same(None, TypeInfo.fetch(connection, 'hstore'))
    same(None, EnumInfo.fetch(connection, 'nosuch'))


@check('grouped', connection.rollback)
def _():
    same(GROUPS, ask(GROUPED))


@check('parameters', connection.rollback)
def _():
    statement = 'SELECT count(*) FROM "Orders" WHERE status = %s AND id <= %s AND created_at < %s AND amount > %s AND uid <> %s AND id = ANY(%s)'
    values = ('paid', 120, datetime.datetime(2030, 1, 1, tzinfo=datetime.timezone.utc), decimal.Decimal('0.5'), uuid.uuid4(), list(range(121)))
    same([(20,)], ask(statement, values))


@check('binary', connection.rollback)
def _():
    row = (2, decimal.Decimal('0.50'), 'Zoë 2', datetime.date(2025, 1, 3), True, ['a2', None], {'n': 2}, 1)
    for _ in range(8):  # the sixth run is prepared
        same([row], connection.cursor(binary=True).execute(
            'SELECT id, amount, note, day, flag, tags, meta, count FROM "Orders" WHERE id = %b', (2,)).fetchall())


@check('large result', connection.rollback)
def _():
    same(20000, len(ask('SELECT * FROM "Orders"')))
    same(300000000, sum(row[0] for row in connection.cursor().stream('SELECT id FROM "Orders" WHERE id > %s', (0,))))


@check('named cursor', connection.rollback)
def _():
    with connection.cursor('portions') as named:
        named.itersize = 777
        named.execute('SELECT id, note FROM "Orders" WHERE id > %s', (0,))
        same(300000000, sum(row[0] for row in named))
    with connection.cursor('scroll', scrollable=True, binary=True) as named:
        named.execute('SELECT id FROM "Orders" ORDER BY id')
        named.scroll(10)
        same([(16,), (17,)], named.fetchmany(2))


@check('pipeline', connection.rollback)
def _():
    with connection.pipeline():
        cursors = [connection.execute('SELECT count(*) FROM "Orders" WHERE id <= %s', (n * 3,)) for n in range(50)]
    same([n * 2 for n in range(50)], [cursor.fetchone()[0] for cursor in cursors])


@check('copy', connection.rollback)
def _():
    with connection.cursor().copy('COPY (SELECT id, status FROM "Orders") TO STDOUT') as copy:
        copy.set_types(['int4', 'text'])
        same(300000000, sum(row[0] for row in copy.rows()))
    with connection.cursor().copy('COPY (SELECT id, amount FROM "Orders" WHERE id <= 2) TO STDOUT (FORMAT BINARY)') as copy:
        copy.set_types(['int4', 'numeric'])
        same([(1, decimal.Decimal('0.25')), (2, decimal.Decimal('0.50'))], list(copy.rows()))


@check('error', connection.rollback)
def _():
    for values in (None, (1,)):
        try:
            ask('SELECT nosuch FROM "Orders"' + (' WHERE id = %s' if values else ''), values)
            raise AssertionError('no error')
        except psycopg.errors.UndefinedColumn as error:
            same(('42703', 'column "nosuch" does not exist', '8'), (error.sqlstate, error.diag.message_primary, error.diag.statement_position))
            connection.rollback()


@check('nested transactions', connection.rollback)
def _():
    with connection.transaction():
        try:
            with connection.transaction():
                ask('SELECT 1/0')
        except psycopg.errors.DivisionByZero:
            pass
        same(GROUPS, ask(GROUPED))


def ordinary_session():
    connection.rollback()
    connection.isolation_level = connection.read_only = None


@check('isolation', ordinary_session)
def _():
    connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
    connection.read_only = True
    same(GROUPS, ask(GROUPED))


@check('cancel', connection.rollback)
def _():
    threading.Timer(0.3, connection.cancel).start()
    try:
        ask(SLOW)
        raise AssertionError('no error')
    except psycopg.errors.QueryCanceled:
        pass


connection.close()
