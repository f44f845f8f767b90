"""pandas over SQLAlchemy: read_sql, read_sql_table, portions."""
import warnings

import pandas
import sqlalchemy
from sqlalchemy.engine.url import URL

from checks import *

warnings.simplefilter('ignore')
report('version', pandas.__version__)
engine = sqlalchemy.create_engine(URL.create(
    'postgresql+psycopg2', username=ADDRESS['user'], password=ADDRESS['password'], host=ADDRESS['host'], port=int(ADDRESS['port']), database=DATABASE,
))


@check('login')
def _():
    same('ann', pandas.read_sql('SELECT current_user AS who', engine)['who'][0])


@check('columns')
def _():
    frame = pandas.read_sql_table('Orders', engine)
    same((20000, 14), frame.shape)
    same([name for name, _, _ in EXPECTED_COLUMNS], list(frame.columns))
    same(['int64', 'int64', 'object', 'float64', 'object', 'datetime64[ns, UTC]', 'datetime64[ns]', 'bool'], [str(kind) for kind in frame.dtypes[:8]])


@check('hidden cube')
def _():
    try:
        pandas.read_sql_table('Salaries', engine)
        raise AssertionError('a hidden cube')
    except ValueError as error:
        same('Table Salaries not found', str(error))


@check('grouped')
def _():
    same(GROUPS, [tuple(row) for row in pandas.read_sql(GROUPED, engine).itertuples(index=False)])


@check('parameters')
def _():
    frame = pandas.read_sql('SELECT id FROM "Orders" WHERE status = %(s)s AND id <= %(n)s', engine, params={'s': 'paid', 'n': 120})
    same(20, len(frame))


@check('large result')
def _():
    same([777] * 25 + [575], [len(part) for part in pandas.read_sql('SELECT * FROM "Orders"', engine, chunksize=777)])


@check('stream')
def _():
    with engine.connect().execution_options(stream_results=True) as connection:
        same(300000000, int(sum(part['id'].sum() for part in pandas.read_sql('SELECT id FROM "Orders"', connection, chunksize=5000))))


@check('error')
def _():
    try:
        pandas.read_sql('SELECT nosuch FROM "Orders"', engine)
        raise AssertionError('no error')
    except sqlalchemy.exc.ProgrammingError as error:
        same('42703', error.orig.pgcode)
