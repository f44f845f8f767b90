/**
 * Functions of pg_catalog that a client may call, by name. No name mixes a harmless overload with a dangerous one on PostgreSQL 15, and a
 * name that is not here is refused, so a newer server is safe by default. Made from pg_proc of PostgreSQL 15.
 */
const NAMES =
  'abbrev abs acos acosd acosh age area array_agg array_append array_cat array_dims array_length array_lower array_ndims ' +
  'array_position array_positions array_prepend array_remove array_replace array_to_json array_to_string array_to_tsvector ' +
  'array_upper ascii asin asind asinh atan atan2 atan2d atand atanh avg bit bit_and bit_count bit_length bit_or bit_xor ' +
  'bool bool_and bool_or box bpchar broadcast btrim cardinality cash_words cbrt ceil ceiling center char char_length ' +
  'character_length chr cidr circle clock_timestamp concat concat_ws corr cos cosd cosh cot cotd count covar_pop covar_samp ' +
  'cume_dist date date_bin date_part date_trunc datemultirange daterange decode degrees dense_rank diagonal diameter div ' +
  'encode every exp extract factorial family first_value float4 float8 floor gcd gen_random_uuid generate_subscripts ' +
  'get_bit get_byte height host hostmask initcap int2 int4 int4multirange int4range int8 int8multirange int8range interval ' +
  'is_normalized isclosed isempty isfinite ishorizontal isopen isparallel isperp isvertical json_agg json_array_elements ' +
  'json_array_elements_text json_array_length json_build_array json_build_object json_each json_each_text json_object ' +
  'json_object_agg json_object_keys json_strip_nulls json_to_record json_to_recordset json_to_tsvector json_typeof ' +
  'jsonb_agg jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object ' +
  'jsonb_each jsonb_each_text jsonb_insert jsonb_object jsonb_object_agg jsonb_object_keys jsonb_path_exists ' +
  'jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz jsonb_path_query jsonb_path_query_array ' +
  'jsonb_path_query_array_tz jsonb_path_query_first jsonb_path_query_first_tz jsonb_path_query_tz jsonb_pretty jsonb_set ' +
  'jsonb_set_lax jsonb_strip_nulls jsonb_to_record jsonb_to_recordset jsonb_to_tsvector jsonb_typeof justify_days ' +
  'justify_hours justify_interval lag last_value lcm lead left length like line ln log log10 lower lower_inc lower_inf lseg ' +
  'ltrim macaddr macaddr8 make_date make_interval make_time make_timestamp make_timestamptz masklen max md5 min min_scale ' +
  'mod mode money multirange netmask network normalize now npoints nth_value ntile num_nonnulls num_nulls numeric ' +
  'numeric_div_trunc numeric_exp numeric_ln numeric_log numeric_sqrt nummultirange numnode numrange octet_length overlaps ' +
  'overlay parse_ident path percent_rank percentile_cont percentile_disc pg_size_bytes pg_size_pretty phraseto_tsquery pi ' +
  'plainto_tsquery point polygon position pow power querytree quote_ident quote_literal quote_nullable radians radius ' +
  'random range_agg range_intersect_agg range_merge rank regexp_count regexp_instr regexp_like regexp_match regexp_matches ' +
  'regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr regr_avgx regr_avgy regr_count regr_intercept ' +
  'regr_r2 regr_slope regr_sxx regr_sxy regr_syy replace reverse right round row_number row_to_json rtrim scale set_bit ' +
  'set_byte set_masklen setweight sha224 sha256 sha384 sha512 sign sin sind sinh slope split_part sqrt starts_with ' +
  'statement_timestamp stddev stddev_pop stddev_samp string_agg string_to_array string_to_table strip strpos substr ' +
  'substring sum tan tand tanh text time timeofday timestamp timestamptz timetz timezone to_ascii to_char to_date to_hex ' +
  'to_json to_jsonb to_number to_timestamp to_tsquery to_tsvector transaction_timestamp translate trim_array trim_scale ' +
  'trunc ts_delete ts_filter ts_headline ts_rank ts_rank_cd tsmultirange tsquery_phrase tsrange tstzmultirange tstzrange ' +
  'tsvector_to_array unistr unnest upper upper_inc upper_inf var_pop var_samp varbit varchar variance websearch_to_tsquery ' +
  'width width_bucket '

/** Pure functions that PostgreSQL 16 to 18 added. */
const LATER_NAMES =
  'any_value array_reverse array_sort casefold crc32 crc32c date_add date_subtract erf erfc gamma lgamma json_strip_nulls jsonb_strip_nulls ' +
  'to_bin to_oct uuid_extract_timestamp uuid_extract_version uuidv4 uuidv7 unicode_assigned'

/** What the grammar turns LIKE … ESCAPE and SIMILAR TO into. */
const GRAMMAR_NAMES = 'like_escape similar_to_escape pg_collation_for'

/** Names that need bounded arguments: see allow.ts. */
export const CONDITIONAL_FUNCTIONS: ReadonlySet<string> = new Set([
  'array_fill',
  'format',
  'generate_series',
  'lpad',
  'repeat',
  'rpad',
])

export const ALLOWED_FUNCTIONS: ReadonlySet<string> = new Set(
  [NAMES, LATER_NAMES, GRAMMAR_NAMES].flatMap((names) => names.split(' ').filter((name) => name !== '')),
)
