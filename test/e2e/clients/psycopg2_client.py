"""psycopg2: Superset, Redash, Django, dbt. Every statement after BEGIN; named cursors; values in the text."""
import datetime
import decimal
import io
import threading
import uuid

import psycopg2
import psycopg2.errors
import psycopg2.extensions
import psycopg2.extras

from checks import *

report('version', psycopg2.__version__.split()[0])
connection = psycopg2.connect(dbname=DATABASE, application_name='matrix', **ADDRESS)
cursor = connection.cursor()


def ask(statement, values=None):
    cursor.execute(statement, values)
    return cursor.fetchall()


@check('login', connection.rollback)
def _():
    same([('ann', 'db')], ask('SELECT current_user, current_database()'))
    same(18, connection.server_version // 10000)
    same([(connection.get_backend_pid(),)], ask('SELECT pg_backend_pid()'))


@check('tables', connection.rollback)
def _():
    same(EXPECTED_TABLES, ask(TABLES))


@check('columns', connection.rollback)
def _():
    same(EXPECTED_COLUMNS, ask(COLUMNS))
    cursor.execute('SELECT * FROM "Orders" LIMIT 0')
    same([name for name, _, _ in EXPECTED_COLUMNS], [column.name for column in cursor.description])
    same([23, 23, 25, 1700, 1043, 1184, 1082, 16, 1009, 2950, 3802, 23, 1700, 16], [column.type_code for column in cursor.description])
    same((10, 2), (cursor.description[3].precision, cursor.description[3].scale))


@check('keys', connection.rollback)
def _():
    same(EXPECTED_KEYS, ask(KEYS))


@check('grouped', connection.rollback)
def _():
    same(GROUPS, ask(GROUPED))


@check('parameters', connection.rollback)
def _():
    statement = 'SELECT count(*) FROM "Orders" WHERE status = %s AND id <= %s AND created_at < %s AND amount > %s AND uid <> %s::uuid AND id = ANY(%s)'
    values = ('paid', 120, datetime.datetime(2030, 1, 1, tzinfo=datetime.timezone.utc), decimal.Decimal('0.5'), str(uuid.uuid4()), list(range(121)))
    same([(20,)], ask(statement, values))
    same([('it\'s \\ "%"',)], ask('SELECT %s', ('it\'s \\ "%"',)))


@check('types', connection.rollback)
def _():
    psycopg2.extras.register_uuid()
    same([(2, decimal.Decimal('0.50'), 'Zoë 2', datetime.date(2025, 1, 3), True, ['a2', None], {'n': 2})],
         ask('SELECT id, amount, note, day, flag, tags, meta FROM "Orders" WHERE id = 2'))
    same(uuid.UUID, type(ask('SELECT uid FROM "Orders" WHERE id = 2')[0][0]))


@check('large result', connection.rollback)
def _():
    same(20000, len(ask('SELECT * FROM "Orders"')))


@check('named cursor', connection.rollback)
def _():
    with connection.cursor('portions') as named:
        named.itersize = 777
        named.execute('SELECT id, note FROM "Orders" WHERE id > %s', (0,))
        same(300000000, sum(row[0] for row in named))
    with connection.cursor('scroll', scrollable=True, cursor_factory=psycopg2.extras.DictCursor) as named:
        named.execute('SELECT id FROM "Orders" ORDER BY id')
        named.scroll(10)
        same([16, 17], [row['id'] for row in named.fetchmany(2)])
        named.scroll(-12)
        same(1, named.fetchone()['id'])


@check('cursor with hold', connection.rollback)
def _():
    named = connection.cursor('held', withhold=True)
    named.execute('SELECT id FROM "Orders" ORDER BY id')
    connection.commit()
    same([(1,), (2,)], named.fetchmany(2))
    named.close()


@check('copy', connection.rollback)
def _():
    out = io.StringIO()
    cursor.copy_expert('COPY (SELECT id, status FROM "Orders") TO STDOUT WITH CSV HEADER', out)
    same(20001, out.getvalue().count('\n'))


@check('error', connection.rollback)
def _():
    try:
        ask('SELECT nosuch FROM "Orders"')
        raise AssertionError('no error')
    except psycopg2.errors.UndefinedColumn as error:
        same(('42703', 'column "nosuch" does not exist', '8'), (error.pgcode, error.diag.message_primary, error.diag.statement_position))
    try:
        ask('SELECT 1')
        raise AssertionError('no error')
    except psycopg2.errors.InFailedSqlTransaction:
        pass


def ordinary_session():
    connection.rollback()
    connection.set_session(isolation_level='DEFAULT', readonly='DEFAULT', autocommit=False)


@check('isolation, savepoint, autocommit', ordinary_session)
def _():
    connection.set_session(isolation_level='REPEATABLE READ', readonly=True)
    same(GROUPS, ask(GROUPED))
    ask('SAVEPOINT a; SELECT 1')
    try:
        ask('SELECT 1/0')
    except psycopg2.errors.DivisionByZero:
        cursor.execute('ROLLBACK TO SAVEPOINT a')
    same(GROUPS, ask(GROUPED))
    connection.rollback()
    connection.set_session(isolation_level='DEFAULT', readonly='DEFAULT', autocommit=True)
    same(GROUPS, ask(GROUPED))


@check('cancel', connection.rollback)
def _():
    threading.Timer(0.3, connection.cancel).start()
    try:
        ask(SLOW)
        raise AssertionError('no error')
    except psycopg2.errors.QueryCanceled:
        pass


@check('cancel by another session', connection.rollback)
def _():
    other = psycopg2.connect(dbname=DATABASE, **ADDRESS)
    other.autocommit = True
    threading.Timer(0.3, lambda: other.cursor().execute('SELECT pg_cancel_backend(%s)', (connection.get_backend_pid(),))).start()
    try:
        ask(SLOW)
        raise AssertionError('no error')
    except psycopg2.errors.QueryCanceled:
        pass
