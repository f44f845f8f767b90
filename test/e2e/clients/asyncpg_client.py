"""asyncpg: everything binary and prepared, types looked up in the catalog, cursors, pool, timeouts."""
import asyncio
import datetime
import decimal
import uuid

import asyncpg

from checks import *

report('version', asyncpg.__version__)


async def check_async(name, work):
    try:
        await work
        report(name, 'ok')
    except Exception as error:
        report(name, f'{type(error).__name__}: {error}')


async def main():
    connection = await asyncpg.connect(database=DATABASE, **ADDRESS)

    async def ask(statement, *values):
        return [tuple(row) for row in await connection.fetch(statement, *values)]

    async def login():
        same([('ann', 'db')], await ask('SELECT current_user, current_database()'))
        same(18, connection.get_server_version().major)
        same('UTC', connection.get_settings().TimeZone)

    async def tables():
        same(EXPECTED_TABLES, await ask(TABLES))

    async def columns():
        same(EXPECTED_COLUMNS, await ask(COLUMNS))
        prepared = await connection.prepare('SELECT * FROM "Orders" WHERE id = $1')
        same(['int4', 'int4', 'text', 'numeric', 'varchar', 'timestamptz', 'date', 'bool', 'text[]', 'uuid', 'jsonb', 'int4', 'numeric', 'bool'],
             [attribute.type.name for attribute in prepared.get_attributes()])
        same(['int4'], [parameter.name for parameter in prepared.get_parameters()])

    async def keys():
        same(EXPECTED_KEYS, await ask(KEYS))

    async def grouped():
        same(GROUPS, await ask(GROUPED))

    async def parameters():
        statement = 'SELECT count(*) FROM "Orders" WHERE status = $1 AND id <= $2 AND created_at < $3 AND amount > $4 AND uid <> $5 AND id = ANY($6::int[])'
        values = ('paid', 120, datetime.datetime(2030, 1, 1, tzinfo=datetime.timezone.utc), decimal.Decimal('0.5'), uuid.uuid4(), list(range(121)))
        same([(20,)], await ask(statement, *values))

    async def types():
        row = (2, decimal.Decimal('0.50'), 'Zoë 2', datetime.date(2025, 1, 3), True, ['a2', None], '{"n": 2}')
        same([row], await ask('SELECT id, amount, note, day, flag, tags, meta FROM "Orders" WHERE id = $1', 2))
        # A type that the driver does not know is looked up in the catalog.
        same([(asyncpg.Range(1, 5),)], await ask("SELECT '[1,5)'::int4range"))
        await connection.set_type_codec('jsonb', schema='pg_catalog', encoder=str, decoder=len)
        same([(8,)], await ask('SELECT meta FROM "Orders" WHERE id = $1', 2))

    async def large():
        same(20000, len(await ask('SELECT * FROM "Orders"')))

    async def cursor():
        async with connection.transaction(isolation='repeatable_read', readonly=True):
            same(300000000, sum([row['id'] async for row in connection.cursor('SELECT id FROM "Orders" WHERE id > $1', 0, prefetch=777)]))
            portions = await connection.cursor('SELECT id FROM "Orders" ORDER BY id')
            await portions.forward(10)
            same([16, 17], [row['id'] for row in await portions.fetch(2)])

    async def copy():
        size = 0

        async def take(data):
            nonlocal size
            size += data.count(b'\n')
        await connection.copy_from_query('SELECT id FROM "Orders" WHERE id > $1', 0, output=take)
        same(20000, size)

    async def error():
        try:
            await ask('SELECT nosuch FROM "Orders" WHERE id = $1', 1)
            raise AssertionError('no error')
        except asyncpg.UndefinedColumnError as failure:
            same(('42703', 'column "nosuch" does not exist', '8'), (failure.sqlstate, failure.message, failure.position))

    async def isolation():
        for level in ('serializable', 'repeatable_read', 'read_committed'):
            other = await asyncpg.connect(database=DATABASE, server_settings={'application_name': level}, **ADDRESS)
            async with other.transaction(isolation=level):
                try:
                    async with other.transaction():
                        await other.fetch('SELECT 1/0')
                except asyncpg.DivisionByZeroError:
                    pass
                same(GROUPS, [tuple(row) for row in await other.fetch(GROUPED)])
            await other.close()

    async def timeout():
        try:
            await connection.fetch(SLOW, timeout=0.5)
            raise AssertionError('no error')
        except asyncio.TimeoutError:
            pass
        same([(1,)], await ask('SELECT 1'))

    async def pool():
        async with asyncpg.create_pool(database=DATABASE, min_size=1, max_size=4, server_settings={'jit': 'off'}, **ADDRESS) as shared:
            for rows in await asyncio.gather(*[shared.fetch(GROUPED) for _ in range(20)]):
                same(GROUPS, [tuple(row) for row in rows])

    checks = {'login': login, 'tables': tables, 'columns': columns, 'keys': keys, 'grouped': grouped, 'parameters': parameters, 'types': types,
              'large result': large, 'cursor': cursor, 'copy': copy, 'error': error, 'isolation': isolation, 'timeout': timeout, 'pool': pool}
    for name, work in checks.items():
        await check_async(name, work())
    await connection.close()

asyncio.run(main())
