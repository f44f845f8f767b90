"""psqlODBC under pyodbc (Excel, Access, Qlik, Tableau over ODBC): SQLTables and the like, with and without UseDeclareFetch."""
import datetime
import decimal

import pyodbc

from checks import *

DRIVER = '{PostgreSQL Unicode}'


def connect(**options):
    parts = {'Driver': DRIVER, 'Server': ADDRESS['host'], 'Port': ADDRESS['port'], 'Database': DATABASE, 'Uid': ADDRESS['user'],
             'Pwd': ADDRESS['password'], **options}
    return pyodbc.connect(';'.join(f'{key}={value}' for key, value in parts.items()), autocommit=False)


connection = connect()
report('version', f'{connection.getinfo(pyodbc.SQL_DRIVER_VER)} {pyodbc.version}')
cursor = connection.cursor()


def ask(statement, *values, by=None):
    return [tuple(row) for row in (by or cursor).execute(statement, *values).fetchall()]


@check('login', connection.rollback)
def _():
    same([('ann', 'db')], ask('SELECT current_user, current_database()'))
    same('PostgreSQL', connection.getinfo(pyodbc.SQL_DBMS_NAME))
    same('18', connection.getinfo(pyodbc.SQL_DBMS_VER).split('.')[0])


@check('tables', connection.rollback)
def _():
    same([('public', 'Orders', 'TABLE'), ('public', 'Users', 'TABLE')],
         [(row.table_schem, row.table_name, row.table_type) for row in cursor.tables(tableType='TABLE')])
    same(['Orders', 'Users'], [row.table_name for row in cursor.tables(schema='public')])
    same([], cursor.tables(table='Salaries').fetchall())


@check('columns', connection.rollback)
def _():
    rows = cursor.columns(table='Orders', schema='public').fetchall()
    same([('id', 4, 'int4', 10, 0, 0), ('user_id', 4, 'int4', 10, 0, 1), ('status', -10, 'text', 8190, None, 1), ('amount', 2, 'numeric', 10, 2, 1),
          ('note', -9, 'varchar', 40, None, 1), ('created_at', 93, 'timestamptz', 26, 6, 1), ('day', 91, 'date', 10, None, 1),
          ('flag', 12, 'bool', 5, 0, 1), ('tags', -9, '_text', 255, None, 1), ('uid', -11, 'uuid', 37, None, 1), ('meta', -9, 'jsonb', 255, None, 1),
          ('count', 4, 'int4', 10, 0, 1), ('total', 2, 'numeric', 10, 2, 1), ('paid', 12, 'bool', 5, 0, 1)],
         [(row.column_name, row.data_type, row.type_name, row.column_size, row.decimal_digits, row.nullable) for row in rows])


@check('keys', connection.rollback)
def _():
    same([('Orders', 'id', 1, 'Orders_pkey')], [(row.table_name, row.column_name, row.key_seq, row.pk_name) for row in cursor.primaryKeys('Orders')])
    key = [('Users', 'id', 'Orders', 'user_id', 1, 'Orders_user_id_fkey', 'Users_pkey')]
    for arguments in ({'foreignTable': 'Orders'}, {'table': 'Users'}):
        same(key, [(row.pktable_name, row.pkcolumn_name, row.fktable_name, row.fkcolumn_name, row.key_seq, row.fk_name, row.pk_name)
                   for row in cursor.foreignKeys(**arguments)])


@check('indexes', connection.rollback)
def _():
    same([('Orders_pkey', 0, 'id')], [(row.index_name, row.non_unique, row.column_name) for row in cursor.statistics('Orders') if row.index_name])
    cursor.rowIdColumns('Orders').fetchall()
    cursor.rowVerColumns('Orders').fetchall()


@check('types, procedures', connection.rollback)
def _():
    same(True, any(row.type_name == 'timestamptz' for row in cursor.getTypeInfo()))
    cursor.procedures(schema='public').fetchall()
    cursor.procedureColumns('nosuch').fetchall()


@check('grouped', connection.rollback)
def _():
    same(GROUPS, [(status, int(count)) for status, count in ask(GROUPED)])


@check('parameters', connection.rollback)
def _():
    same(20, int(ask('SELECT count(*) FROM "Orders" WHERE status = ? AND id <= ? AND created_at < ? AND amount > ? AND day > ?',
                     'paid', 120, datetime.datetime(2030, 1, 1), decimal.Decimal('0.5'), datetime.date(2024, 12, 31))[0][0]))


@check('types of values', connection.rollback)
def _():
    same([(2, decimal.Decimal('0.50'), 'Zoë 2', datetime.date(2025, 1, 3), '1', '{a2,NULL}', '{"n": 2}')],
         ask('SELECT id, amount, note, day, flag, tags, meta FROM "Orders" WHERE id = ?', 2))


@check('large result', connection.rollback)
def _():
    same(20000, len(ask('SELECT * FROM "Orders"')))


@check('error', connection.rollback)
def _():
    for values in ((), (1,)):
        try:
            ask('SELECT nosuch FROM "Orders"' + (' WHERE id = ?' if values else ''), *values)
            raise AssertionError('no error')
        except pyodbc.Error as error:
            same(('42703', True), (error.args[0], 'column "nosuch" does not exist' in error.args[1]))
            connection.rollback()


@check('UseDeclareFetch=1')
def _():
    with connect(UseDeclareFetch=1, Fetch=777) as other:
        own = other.cursor()
        same(300000000, sum(row[0] for row in own.execute('SELECT id, note FROM "Orders"')))
        same(20, int(ask('SELECT count(*) FROM "Orders" WHERE status = ? AND id <= ?', 'paid', 120, by=own)[0][0]))
        same(['Orders', 'Users'], [row.table_name for row in own.tables(schema='public')])
        same(14, len(own.columns(table='Orders').fetchall()))
        first = own.execute('SELECT id FROM "Orders" ORDER BY id')
        same(1, first.fetchone()[0])
        second = other.cursor().execute('SELECT id FROM "Orders" ORDER BY id DESC')
        same((29999, 2), (second.fetchone()[0], first.fetchone()[0]))
        other.rollback()


@check('Protocol=7.4-1, UseServerSidePrepare=0')
def _():
    for options in ({'Protocol': '7.4-1'}, {'Protocol': '7.4-2', 'UseServerSidePrepare': 0}, {'SSLmode': 'require'}, {'ReadOnly': 1}):
        with connect(**options) as other:
            own = other.cursor()
            same(20, int(ask('SELECT count(*) FROM "Orders" WHERE status = ? AND id <= ?', 'paid', 120, by=own)[0][0]))
            try:
                ask('SELECT nosuch FROM "Orders"', by=own)
            except pyodbc.Error as error:
                same('42703', error.args[0])
            other.rollback()


@check('autocommit, isolation')
def _():
    other = connect()
    other.autocommit = True
    own = other.cursor()
    same(GROUPS, [(status, int(count)) for status, count in ask(GROUPED, by=own)])
    other.autocommit = False
    other.set_attr(pyodbc.SQL_ATTR_TXN_ISOLATION, pyodbc.SQL_TXN_SERIALIZABLE)
    same(GROUPS, [(status, int(count)) for status, count in ask(GROUPED, by=own)])
    other.close()
