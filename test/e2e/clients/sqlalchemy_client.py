"""SQLAlchemy over psycopg2: its inspector and its queries, as Superset (and dbt, Redash, Great Expectations) use them."""
import warnings

import sqlalchemy
from sqlalchemy import MetaData, Table, func, inspect, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.url import URL

from checks import *

warnings.simplefilter('ignore')
report('version', sqlalchemy.__version__)
engine = sqlalchemy.create_engine(URL.create(
    'postgresql+psycopg2', username=ADDRESS['user'], password=ADDRESS['password'], host=ADDRESS['host'], port=int(ADDRESS['port']), database=DATABASE,
), pool_pre_ping=True)
inspector = None


@check('login')
def _():
    global inspector
    inspector = inspect(engine)
    same('public', inspector.default_schema_name)
    same((18,), engine.dialect.server_version_info[:1])


@check('tables')
def _():
    same(['Orders', 'Users'], sorted(inspector.get_table_names()))
    same(['Orders', 'Users'], sorted(inspector.get_table_names(schema='public')))
    same([], inspector.get_view_names('public'))
    same(['information_schema', 'public'], sorted(inspector.get_schema_names()))
    same([True, False, False], [inspector.has_table(name) for name in ('Orders', 'orders', 'Salaries')])
    same([], inspector.get_sequence_names())
    same([], inspector.get_enums())


@check('columns')
def _():
    same(['INTEGER', 'INTEGER', 'TEXT', 'NUMERIC(10, 2)', 'VARCHAR(40)', 'TIMESTAMP', 'DATE', 'BOOLEAN', 'ARRAY', 'UUID', 'JSONB', 'INTEGER',
          'NUMERIC(10, 2)', 'BOOLEAN'], [str(column['type']) for column in inspector.get_columns('Orders', schema='public')])
    columns = {column['name']: column for column in inspector.get_columns('Orders')}
    same([name for name, _, _ in EXPECTED_COLUMNS], list(columns))
    same((False, True, True), (columns['id']['nullable'], columns['amount']['nullable'], columns['created_at']['type'].timezone))
    same(postgresql.ARRAY, type(columns['tags']['type']))
    same((None, None, 'State of the order'), (columns['id']['default'], columns['id']['comment'], columns['status']['comment']))
    same(['id', 'name', 'count'], [column['name'] for column in inspector.get_columns('Users', 'public')])
    try:
        inspector.get_columns('Salaries')
        raise AssertionError('columns of a hidden cube')
    except sqlalchemy.exc.NoSuchTableError:
        pass


@check('keys')
def _():
    same({'constrained_columns': ['id'], 'name': 'Orders_pkey'}, inspector.get_pk_constraint('Orders', schema='public'))
    same([('Orders_user_id_fkey', ['user_id'], 'public', 'Users', ['id'])],
         [(key['name'], key['constrained_columns'], key['referred_schema'], key['referred_table'], key['referred_columns'])
          for key in inspector.get_foreign_keys('Orders', schema='public')])
    same(None, inspector.get_foreign_keys('Orders')[0]['referred_schema'])
    same([], inspector.get_foreign_keys('Users'))


@check('indexes')
def _():
    same([], inspector.get_indexes('Orders', schema='public'))
    same([], inspector.get_unique_constraints('Orders', schema='public'))
    same([], inspector.get_check_constraints('Orders', schema='public'))


@check('comments')
def _():
    same({'text': 'Orders of the shop'}, inspector.get_table_comment('Orders', schema='public'))
    same({'text': None}, inspector.get_table_comment('Users'))


@check('reflection')
def _():
    meta = MetaData()
    meta.reflect(engine)
    same(['Orders', 'Users'], sorted(meta.tables))
    same([('Orders.user_id', 'Users.id')], [(str(key.parent), str(key.column)) for key in meta.tables['Orders'].foreign_keys])
    orders, users = meta.tables['Orders'], meta.tables['Users']
    joined = select(users.c.name, func.measure(orders.c.count)).select_from(orders.join(users)).group_by(users.c.name).order_by(users.c.name)
    with engine.connect() as connection:
        same([('person 1', 5000), ('person 3', 5000), ('person 5', 5000), ('person 7', 5000)], [tuple(row) for row in connection.execute(joined)])


@check('grouped')
def _():
    with engine.connect() as connection:
        same(GROUPS, [tuple(row) for row in connection.execute(text(GROUPED))])


@check("Superset's chart")
def _():
    with engine.connect() as connection:
        rows = connection.execute(text("""SELECT DATE_TRUNC('month', created_at) AS __timestamp, status AS status, sum(count) AS "SUM(count)"
            FROM public."Orders" JOIN (SELECT status AS status__, sum(count) AS mme_inner__ FROM public."Orders"
              WHERE created_at >= '2025-01-01 00:00:00.000000' AND created_at < '2026-01-01' GROUP BY status ORDER BY mme_inner__ DESC LIMIT 2) AS series_limit
            ON status = status__ GROUP BY DATE_TRUNC('month', created_at), status ORDER BY "SUM(count)" DESC LIMIT 1000""")).fetchall()
        same(10000, sum(row[2] for row in rows))


@check('parameters')
def _():
    with engine.connect() as connection:
        same(20, connection.execute(text('SELECT count(*) FROM "Orders" WHERE status = :s AND id <= :n'), s='paid', n=120).scalar())
        orders = Table('Orders', MetaData(), autoload_with=engine)
        same(20, connection.execute(select(func.count()).select_from(orders).where(orders.c.status.in_(['paid']), orders.c.id <= 120)).scalar())


@check('large result')
def _():
    with engine.connect() as connection:
        same(20000, len(connection.execute(text('SELECT * FROM "Orders"')).fetchall()))


@check('stream_results')
def _():
    with engine.connect().execution_options(stream_results=True, max_row_buffer=777) as connection:
        same(300000000, sum(row[0] for row in connection.execute(text('SELECT id, note FROM "Orders"'))))


@check('error')
def _():
    with engine.connect() as connection:
        try:
            connection.execute(text('SELECT nosuch FROM "Orders"'))
            raise AssertionError('no error')
        except sqlalchemy.exc.ProgrammingError as error:
            same('42703', error.orig.pgcode)
    with engine.connect() as connection:
        same(1, connection.execute(text('SELECT 1')).scalar())


@check('isolation levels')
def _():
    for level in ('AUTOCOMMIT', 'REPEATABLE READ', 'SERIALIZABLE'):
        with engine.connect().execution_options(isolation_level=level) as connection:
            same(GROUPS, [tuple(row) for row in connection.execute(text(GROUPED))])
