# ruby-pg: and the statements with which ActiveRecord introspects.
require 'pg'

puts "version\t#{PG::VERSION}"
$stdout.sync = true
address = { host: ENV['PGHOST'], port: ENV['PGPORT'], user: ENV['PGUSER'], dbname: ENV['PGDATABASE'], password: ENV['PGPASSWORD'] }
db = PG.connect(**address)

def check(name)
  yield
  puts "#{name}\tok"
rescue StandardError => e
  puts "#{name}\t#{e.class}: #{e.message.gsub(/\s+/, ' ')}"
end

def same(expected, actual)
  raise "expected #{expected.inspect}, got #{actual.inspect}" unless expected == actual
end

GROUPED = 'SELECT status, MEASURE(count) FROM "Orders" GROUP BY 1 ORDER BY 1'
GROUPS = [%w[new 5000], %w[paid 5000], %w[returned 5000], %w[shipped 5000]]
SLOW = 'SELECT count(*) FROM "Orders" a, "Orders" b, "Orders" c'

check('login') { same([%w[ann db]], db.exec('SELECT current_user, current_database()').values) }
check('tables') do
  same(%w[Orders Users], db.exec("SELECT c.relname FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (current_schemas(false)) AND c.relkind IN ('r','v','m','p','f') ORDER BY 1").column_values(0))
end
check('columns') do
  rows = db.exec("SELECT a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid), a.attnotnull, a.atttypid, a.atttypmod,
      c.collname, col_description(a.attrelid, a.attnum) AS comment, attidentity AS identity, attgenerated as attgenerated
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON a.attrelid = d.adrelid AND a.attnum = d.adnum LEFT JOIN pg_type t ON a.atttypid = t.oid
    LEFT JOIN pg_collation c ON a.attcollation = c.oid AND a.attcollation <> t.typcollation
    WHERE a.attrelid = '\"Orders\"'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum")
  types = 'integer,integer,text,numeric(10;2),character varying(40),timestamp with time zone,date,boolean,text[],uuid,jsonb,integer,numeric(10;2),boolean'
  same(types.split(',').map { |type| type.sub(';', ',') }, rows.column_values(1))
  same('State of the order', rows[2]['comment'])
  same(%w[id user_id status amount note created_at day flag tags uid meta count total paid], db.exec('SELECT * FROM "Orders" LIMIT 0').fields)
end
check('keys') do
  same(%w[id], db.exec("SELECT a.attname FROM (SELECT indrelid, indkey, generate_subscripts(indkey, 1) idx FROM pg_index
    WHERE indrelid = '\"Orders\"'::regclass AND indisprimary) i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[i.idx]
    ORDER BY i.idx").column_values(0))
  same([['Users', 'user_id', 'id', 'Orders_user_id_fkey']], db.exec_params("SELECT t2.relname::text AS to_table, a1.attname AS column,
      a2.attname AS primary_key, c.conname AS name FROM pg_constraint c JOIN pg_class t1 ON c.conrelid = t1.oid JOIN pg_class t2 ON c.confrelid = t2.oid
    JOIN pg_attribute a1 ON a1.attnum = c.conkey[1] AND a1.attrelid = t1.oid JOIN pg_attribute a2 ON a2.attnum = c.confkey[1] AND a2.attrelid = t2.oid
    JOIN pg_namespace t3 ON c.connamespace = t3.oid WHERE c.contype = 'f' AND t1.relname = $1 AND t3.nspname = ANY (current_schemas(false))",
    ['Orders']).values)
end
check('type map') do
  db.type_map_for_results = PG::BasicTypeMapForResults.new(db)
  same([[2, true, ['a2', nil], { 'n' => 2 }, Date.new(2025, 1, 3)]], db.exec('SELECT id, flag, tags, meta, day FROM "Orders" WHERE id = 2').values)
ensure
  db.type_map_for_results = PG::TypeMapAllStrings.new
end
check('grouped') { same(GROUPS, db.exec(GROUPED).values) }
check('parameters') do
  same([['20']], db.exec_params('SELECT count(*) FROM "Orders" WHERE status = $1 AND id <= $2', ['paid', 120]).values)
  db.prepare('a1', 'SELECT note FROM "Orders" WHERE id = $1')
  same([['Zoë 2']], db.exec_prepared('a1', [2]).values)
  same([25], Array(db.describe_prepared('a1').ftype(0)).map { |type| type == 1043 ? 25 : type })
  db.exec('DEALLOCATE a1')
  same([[2].pack('N')], db.exec_params('SELECT id FROM "Orders" WHERE id = $1', [2], 1).column_values(0))
end
check('large result') do
  same(20_000, db.exec('SELECT * FROM "Orders"').ntuples)
  rows = 0
  db.send_query('SELECT id FROM "Orders"')
  db.set_single_row_mode
  db.get_result.stream_each { rows += 1 }
  same(20_000, rows)
end
check('cursor') do
  sum = 0
  db.transaction do
    db.exec('DECLARE portions NO SCROLL CURSOR FOR SELECT id FROM "Orders"')
    loop do
      rows = db.exec('FETCH 777 IN portions')
      break if rows.ntuples.zero?

      sum += rows.column_values(0).sum(&:to_i)
    end
  end
  same(300_000_000, sum)
end
check('copy') do
  rows = 0
  db.copy_data('COPY (SELECT id FROM "Orders") TO STDOUT') { rows += 1 while db.get_copy_data }
  same(20_000, rows)
end
check('error') do
  db.exec('SELECT nosuch FROM "Orders"')
  raise 'no error'
rescue PG::UndefinedColumn => e
  same(['42703', 'column "nosuch" does not exist', '8'],
       [PG::PG_DIAG_SQLSTATE, PG::PG_DIAG_MESSAGE_PRIMARY, PG::PG_DIAG_STATEMENT_POSITION].map { |field| e.result.error_field(field) })
end
check('pipeline') do
  db.enter_pipeline_mode
  3.times { |n| db.send_query_params('SELECT count(*) FROM "Orders" WHERE id <= $1', [n * 3]) }
  db.pipeline_sync
  counts = 3.times.map { result = db.get_result.values; db.get_result; result }
  same([[['0']], [['2']], [['4']]], counts)
  db.get_result
  db.exit_pipeline_mode
end
check('cancel') do
  Thread.new { sleep 0.3; db.cancel }
  db.exec(SLOW)
  raise 'no error'
rescue PG::QueryCanceled
  same(GROUPS, db.exec(GROUPED).values)
end
db.close
