#!/usr/bin/perl
# DBD::Pg: the catalog methods of DBI, placeholders, server-side prepare, pg_server_prepare=0, COPY, cursors by hand.
use strict;
use warnings;
use DBI;
use DBD::Pg qw(:pg_types);

$| = 1;
binmode STDOUT, ':encoding(UTF-8)';
my ($host, $port, $user, $database, $password) = @ENV{qw(PGHOST PGPORT PGUSER PGDATABASE PGPASSWORD)};
my $db = DBI->connect("dbi:Pg:dbname=$database;host=$host;port=$port", $user, $password,
    { RaiseError => 1, PrintError => 0, AutoCommit => 1 });
print "version\t$DBD::Pg::VERSION\n";

my $GROUPED = 'SELECT status, MEASURE(count) FROM "Orders" GROUP BY 1 ORDER BY 1';
my $GROUPS = 'new|5000 paid|5000 returned|5000 shipped|5000';

sub check {
    my ($name, $work) = @_;
    my $outcome = eval { $work->(); 1 } ? 'ok' : $@;
    $outcome =~ s/\s+/ /g;
    print "$name\t$outcome\n";
}

sub same {
    my ($expected, $actual) = @_;
    die "expected $expected, got $actual\n" if $expected ne $actual;
}

sub text {
    return join ' ', map { my $row = $_; join '|', map { $_ // '' } @$row } @{ $_[0] };
}

# The named columns of every row of a statement handle.
sub columns_of {
    my ($handle, @names) = @_;
    my $rows = $handle->fetchall_arrayref({});
    return text([map { my $row = $_; [map { $row->{$_} } @names] } @$rows]);
}

check 'login', sub {
    same("$user|$database|18", text([[$db->selectrow_array('SELECT current_user, current_database()'), int($db->{pg_server_version} / 10000)]]));
    die 'no ping' unless $db->ping;
};
check 'tables', sub {
    same('public|"Orders"|TABLE|Orders of the shop public|"Users"|TABLE|',
        columns_of($db->table_info(undef, 'public', undef, 'TABLE'), qw(TABLE_SCHEM TABLE_NAME TABLE_TYPE REMARKS)));
    same('', columns_of($db->table_info(undef, undef, 'Salaries', undef), 'TABLE_NAME'));
    same('public."Orders" public."Users"', join ' ', sort $db->tables(undef, 'public', undef, 'TABLE'));
};
check 'columns', sub {
    same('id|integer|4|0 user_id|integer|4|1 status|text||1 amount|numeric|2,10|1 note|character varying|40|1 created_at|timestamp with time zone|8|1 '
            . 'day|date|4|1 flag|boolean|1|1 tags|text[]||1 uid|uuid|16|1 meta|jsonb||1 count|integer|4|1 total|numeric|2,10|1 paid|boolean|1|1',
        columns_of($db->column_info(undef, 'public', 'Orders', undef), qw(COLUMN_NAME TYPE_NAME COLUMN_SIZE NULLABLE)));
    my $empty = $db->prepare('SELECT * FROM "Orders" LIMIT 0');
    $empty->execute;
    same('id user_id status amount note created_at day flag tags uid meta count total paid', join ' ', @{ $empty->{NAME} });
    same('10|2|0', join '|', $empty->{PRECISION}[3], $empty->{SCALE}[3], $empty->{NULLABLE}[0]);
};
check 'keys', sub {
    same('id', join ' ', $db->primary_key(undef, 'public', 'Orders'));
    same('"Orders"|id|1|"Orders_pkey"', columns_of($db->primary_key_info(undef, 'public', 'Orders'), qw(TABLE_NAME COLUMN_NAME KEY_SEQ PK_NAME)));
    my @key = qw(UK_TABLE_NAME UK_COLUMN_NAME FK_TABLE_NAME FK_COLUMN_NAME FK_NAME UK_NAME);
    my $key = '"Users"|id|"Orders"|user_id|"Orders_user_id_fkey"|"Users_pkey"';
    same($key, columns_of($db->foreign_key_info(undef, undef, undef, undef, 'public', 'Orders'), @key));
    same($key, columns_of($db->foreign_key_info(undef, 'public', 'Users', undef, undef, undef), @key));
};
check 'indexes', sub {
    same('Orders_pkey|0|id', columns_of($db->statistics_info(undef, 'public', 'Orders', 1, 1), qw(INDEX_NAME NON_UNIQUE COLUMN_NAME)) =~ s/^\S*\|\|\s*//r);
};
check 'grouped', sub { same($GROUPS, text($db->selectall_arrayref($GROUPED))) };
check 'parameters', sub {
    for my $mode (0, 1) {
        local $db->{pg_server_prepare} = $mode;
        my $statement = $db->prepare('SELECT count(*) FROM "Orders" WHERE status = ? AND id <= ?');
        for (1 .. 4) {
            $statement->execute('paid', 120);
            same('20', text($statement->fetchall_arrayref));
        }
        my $named = $db->prepare('SELECT count(*) FROM "Orders" WHERE id = ANY(:list) AND id > :n');
        $named->bind_param(':list', [1 .. 10]);
        $named->bind_param(':n', 2, { pg_type => PG_INT4 });
        $named->execute;
        same('5', text($named->fetchall_arrayref));
    }
};
check 'types', sub {
    my ($row) = @{ $db->selectall_arrayref('SELECT id, amount, note, day, flag, tags, meta FROM "Orders" WHERE id = 2') };
    same("2|0.50|Zo\x{eb} 2|2025-01-03|1|a2,|{\"n\": 2}", join '|', map { ref $_ ? join ',', map { $_ // '' } @$_ : $_ } @$row);
};
check 'large result', sub { same(20000, scalar @{ $db->selectall_arrayref('SELECT * FROM "Orders"') }) };
check 'cursor', sub {
    $db->begin_work;
    $db->do('DECLARE portions CURSOR FOR SELECT id FROM "Orders"');
    my ($sum, $fetch) = (0, $db->prepare('FETCH 777 FROM portions'));
    while ($fetch->execute > 0) { $sum += $_->[0] for @{ $fetch->fetchall_arrayref } }
    $db->commit;
    same(300000000, $sum);
};
check 'copy', sub {
    $db->do('COPY (SELECT id, status FROM "Orders") TO STDOUT');
    my ($rows, $line) = (0);
    $rows++ while $db->pg_getcopydata($line) >= 0;
    same(20000, $rows);
};
check 'error', sub {
    for my $values ([], [1]) {
        eval { $db->selectall_arrayref('SELECT nosuch FROM "Orders"' . (@$values ? ' WHERE id = ?' : ''), undef, @$values) };
        same('42703', $db->state);
        die $db->errstr unless $db->errstr =~ /column "nosuch" does not exist/;
    }
};
check 'transaction', sub {
    $db->begin_work;
    $db->pg_savepoint('a');
    eval { $db->do('SELECT 1/0') };
    same('22012', $db->state);
    $db->pg_rollback_to('a');
    same($GROUPS, text($db->selectall_arrayref($GROUPED)));
    $db->rollback;
};
check 'asynchronous, cancel', sub {
    $db->do('SELECT count(*) FROM "Orders" a, "Orders" b, "Orders" c', { pg_async => PG_ASYNC });
    select undef, undef, undef, 0.3;
    die 'it was ready' if $db->pg_ready;
    die 'not cancelled' unless $db->pg_cancel;
    same($GROUPS, text($db->selectall_arrayref($GROUPED)));
};
$db->disconnect;
