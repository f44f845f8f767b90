"""What the programs in Python share: one line per check, and what they expect of introspection."""
import os

ADDRESS = {key: os.environ[f'PG{key.upper()}'] for key in ('host', 'port', 'user', 'password')}
DATABASE = os.environ['PGDATABASE']

GROUPED = 'SELECT status, MEASURE(count) FROM "Orders" GROUP BY 1 ORDER BY 1'
GROUPS = [('new', 5000), ('paid', 5000), ('returned', 5000), ('shipped', 5000)]
SLOW = 'SELECT count(*) FROM "Orders" a, "Orders" b, "Orders" c'

# Statements of people's own tools, for the drivers that bring no introspection.
TABLES = """SELECT table_name, table_type FROM information_schema.tables
  WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"""
EXPECTED_TABLES = [('Orders', 'BASE TABLE'), ('Users', 'BASE TABLE')]
COLUMNS = """SELECT a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull FROM pg_catalog.pg_attribute a
  WHERE a.attrelid = '"Orders"'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""
EXPECTED_COLUMNS = [
    ('id', 'integer', True), ('user_id', 'integer', False), ('status', 'text', False), ('amount', 'numeric(10,2)', False),
    ('note', 'character varying(40)', False), ('created_at', 'timestamp with time zone', False), ('day', 'date', False),
    ('flag', 'boolean', False), ('tags', 'text[]', False), ('uid', 'uuid', False), ('meta', 'jsonb', False), ('count', 'integer', False),
    ('total', 'numeric(10,2)', False), ('paid', 'boolean', False),
]
KEYS = """SELECT tc.table_name::text, tc.constraint_type::text, kcu.column_name::text, rc.unique_constraint_name::text
  FROM information_schema.table_constraints tc JOIN information_schema.key_column_usage kcu USING (constraint_schema, constraint_name)
  LEFT JOIN information_schema.referential_constraints rc USING (constraint_schema, constraint_name) ORDER BY 1, 2"""
EXPECTED_KEYS = [
    ('Orders', 'FOREIGN KEY', 'user_id', 'Users_pkey'), ('Orders', 'PRIMARY KEY', 'id', None), ('Users', 'PRIMARY KEY', 'id', None),
]


def report(name, outcome):
    print(name, ' '.join(str(outcome).split())[:2000], sep='\t', flush=True)


def same(expected, actual):
    if expected != actual:
        raise AssertionError(f'expected {expected!r}, got {actual!r}')


def check(name, after=None):
    """Runs what it decorates at once; `after` brings the connection back to order, also when the check failed."""
    def run(work):
        try:
            work()
            report(name, 'ok')
        except Exception as error:
            report(name, f'{type(error).__name__}: {error}')
        finally:
            if after is not None:
                after()
    return run
