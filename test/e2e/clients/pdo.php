<?php
// PHP: PDO_pgsql with and without emulated statements, its cursors and column metadata; the pgsql functions.
$address = array_map('getenv', ['host' => 'PGHOST', 'port' => 'PGPORT', 'user' => 'PGUSER', 'dbname' => 'PGDATABASE', 'password' => 'PGPASSWORD']);
const GROUPED = 'SELECT status, MEASURE(count) FROM "Orders" GROUP BY 1 ORDER BY 1';
const GROUPS = [['new', '5000'], ['paid', '5000'], ['returned', '5000'], ['shipped', '5000']];
const COLUMNS = ['id', 'user_id', 'status', 'amount', 'note', 'created_at', 'day', 'flag', 'tags', 'uid', 'meta', 'count', 'total', 'paid'];

function check(string $name, callable $work): void {
    try {
        $work();
        $outcome = 'ok';
    } catch (Throwable $error) {
        $outcome = get_class($error) . ': ' . $error->getMessage();
    }
    echo $name, "\t", preg_replace('/\s+/', ' ', $outcome), "\n";
}

function same(mixed $expected, mixed $actual): void {
    if ($expected !== $actual) throw new Exception('expected ' . json_encode($expected) . ', got ' . json_encode($actual));
}

echo "version\t", PHP_VERSION, "\n";
$db = new PDO("pgsql:host={$address['host']};port={$address['port']};dbname={$address['dbname']}", $address['user'], $address['password'],
    [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_STRINGIFY_FETCHES => true, PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_NUM]);
$ask = function (string $text, array $values = [], array $options = []) use ($db): array {
    $statement = $db->prepare($text, $options);
    $statement->execute($values);
    return $statement->fetchAll();
};

check('login', function () use ($ask, $db) {
    same([['ann', 'db']], $ask('SELECT current_user, current_database()'));
    same('18', explode('.', $db->getAttribute(PDO::ATTR_SERVER_VERSION))[0]);
});
check('tables', fn() => same([['Orders', 'BASE TABLE'], ['Users', 'BASE TABLE']], $ask("SELECT table_name, table_type FROM information_schema.tables
    WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1")));
check('columns', function () use ($ask, $db) {
    $columns = $ask("SELECT column_name, data_type, character_maximum_length, numeric_scale, is_nullable FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = ? ORDER BY ordinal_position", ['Orders']);
    same(COLUMNS, array_column($columns, 0));
    same(['note', 'character varying', '40', null, 'YES'], $columns[4]);
    $statement = $db->query('SELECT * FROM "Orders" LIMIT 1');
    same([14, 'numeric', 'Orders', (10 << 16) + 2 + 4], [$statement->columnCount(), $statement->getColumnMeta(3)['native_type'],
        $statement->getColumnMeta(3)['table'], $statement->getColumnMeta(3)['precision']]);
});
check('keys', fn() => same([['Orders', 'FOREIGN KEY', 'user_id'], ['Orders', 'PRIMARY KEY', 'id'], ['Users', 'PRIMARY KEY', 'id']], $ask("SELECT tc.table_name,
    tc.constraint_type, kcu.column_name FROM information_schema.table_constraints tc JOIN information_schema.key_column_usage kcu
    USING (constraint_schema, constraint_name) ORDER BY 1, 2")));
check('grouped', fn() => same(GROUPS, $ask(GROUPED)));
foreach (['parameters' => [], 'parameters, emulated' => [PDO::ATTR_EMULATE_PREPARES => true], 'parameters, not prepared' => [PDO::PGSQL_ATTR_DISABLE_PREPARES => true]] as $name => $options) {
    check($name, function () use ($ask, $options) {
        same([['20']], $ask('SELECT count(*) FROM "Orders" WHERE status = :s AND id <= :n', ['s' => 'paid', 'n' => 120], $options));
        same([['2', '0.50', 'Zoë 2']], $ask('SELECT id, amount, note FROM "Orders" WHERE id = ?', [2], $options));
    });
}
check('large result', fn() => same(20000, count($ask('SELECT * FROM "Orders"'))));
check('cursor', function () use ($db) {
    $db->beginTransaction();
    $statement = $db->prepare('SELECT id FROM "Orders" ORDER BY id', [PDO::ATTR_CURSOR => PDO::CURSOR_SCROLL]);
    $statement->execute();
    same(['1', '2'], [$statement->fetch()[0], $statement->fetch()[0]]);
    same('29999', $statement->fetch(PDO::FETCH_NUM, PDO::FETCH_ORI_LAST)[0]);
    same('16', $statement->fetch(PDO::FETCH_NUM, PDO::FETCH_ORI_ABS, 11)[0]);
    $statement = null;
    $db->rollBack();
});
check('copy', fn() => same(20000, count($db->pgsqlCopyToArray('"Orders"', "\t", '\\\\N', 'id'))));
check('error', function () use ($ask) {
    foreach ([[], [1]] as $values) {
        try {
            $ask('SELECT nosuch FROM "Orders"' . ($values ? ' WHERE id = ?' : ''), $values);
            throw new Exception('no error');
        } catch (PDOException $error) {
            same('42703', $error->getCode());
        }
    }
});
check('transaction', function () use ($db, $ask) {
    $db->beginTransaction();
    try { $db->query('SELECT 1/0'); } catch (PDOException $error) { same('22012', $error->getCode()); }
    try { $db->query('SELECT 1'); } catch (PDOException $error) { same('25P02', $error->getCode()); }
    $db->rollBack();
    same(GROUPS, $ask(GROUPED));
});
check('pgsql functions', function () use ($address) {
    $link = pg_connect(implode(' ', array_map(fn($key, $value) => "$key='$value'", array_keys($address), $address)));
    same(['id', 'user_id', 'status'], array_slice(array_keys(pg_meta_data($link, 'Orders')), 0, 3));
    $result = pg_query_params($link, 'SELECT id, amount FROM "Orders" WHERE id = $1', [2]);
    same(['Orders', 'numeric', ['2', '0.50']], [pg_field_table($result, 1), pg_field_type($result, 1), pg_fetch_row($result)]);
    same([['id' => '1', 'name' => 'person 1', 'count' => '1']], pg_select($link, 'Users', ['id' => 1]));
    pg_close($link);
});
