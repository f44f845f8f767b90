import type { FuncCall, RangeVar, SelectStmt, TypeName } from '../sql/tree.js'
import { constantText } from './constant.js'
import { ALLOWED_FUNCTIONS } from './function-list.js'
import { type Names, namesIn } from './names.js'
import { namesOf } from './node.js'

/** What an answer of the catalog depends on besides the session's cubes, user and settings. */
export interface Dependence {
  /**
   * Whether it stays the same for one login as long as these do: it reads nothing but catalogs of objects, and calls nothing but functions of
   * its arguments and of these. Only such an answer may be kept. What is not listed here is asked again each time.
   */
  readonly steady: boolean
  /** Whether it asks for the login's sessions, or for their end. */
  readonly asksSessions: boolean
}

/** Of an answer that is not looked into. */
export const UNSTEADY: Dependence = { steady: false, asksSessions: false }

export function dependenceOf(select: SelectStmt): Dependence {
  const names = namesIn(select)
  const { relations, calls } = names
  const named = [
    ...relations.map(({ relname = '' }) => relname),
    ...calls.map(({ funcname }) => namesOf(funcname).at(-1) ?? ''),
  ]
  return { steady: isSteady(names), asksSessions: named.some((name) => ABOUT_SESSIONS.test(name)) }
}

const ABOUT_SESSIONS = /^pg_(stat|cancel|terminate)/

function isSteady({ relations, calls, types, columns, texts, facts, kinds }: Names): boolean {
  return (
    relations.every(isSteadyRelation) &&
    calls.every(isSteadyCall) &&
    types.every(isSteadyType) &&
    !SYSTEM_COLUMNS.some((name) => columns.has(name)) &&
    !texts.some((text) => READS_THE_CLOCK.test(text)) &&
    [...facts].every((fact) => STEADY_FACTS.has(fact)) &&
    [...kinds].every((kind) => STEADY_KINDS.has(kind))
  )
}

const words = (text: string): readonly string[] => text.split(' ').filter((word) => word !== '')

/**
 * Catalogs that say what there is; none of what happens (the counters of tables and indexes stand still in the embedded engine). All of
 * information_schema is made of them.
 */
const STEADY_RELATIONS = new Set(
  words(
    'pg_aggregate pg_am pg_amop pg_amproc pg_attrdef pg_attribute pg_auth_members pg_cast pg_class pg_collation pg_constraint pg_conversion ' +
      'pg_database pg_default_acl pg_depend pg_description pg_enum pg_event_trigger pg_extension pg_foreign_data_wrapper pg_foreign_server ' +
      'pg_foreign_table pg_group pg_index pg_indexes pg_inherits pg_init_privs pg_language pg_matviews pg_namespace pg_opclass pg_operator ' +
      'pg_opfamily pg_partitioned_table pg_policies pg_policy pg_proc pg_publication pg_publication_rel pg_range pg_rewrite pg_roles pg_rules ' +
      'pg_seclabel pg_seclabels pg_sequence pg_stat_all_indexes pg_stat_all_tables pg_stat_user_indexes pg_stat_user_tables pg_shdepend pg_shdescription pg_statistic_ext pg_tables pg_tablespace pg_transform pg_trigger ' +
      'pg_ts_config pg_ts_dict pg_ts_parser pg_ts_template pg_type pg_user pg_user_mappings pg_views',
  ),
)

function isSteadyRelation({ schemaname, relname = '' }: RangeVar): boolean {
  if (schemaname === 'information_schema') return true
  return (schemaname === undefined || schemaname === 'pg_catalog') && STEADY_RELATIONS.has(relname)
}

/** Functions that say what a catalog's rows mean, or who asks. */
const CATALOG_FUNCTIONS = new Set(
  words(
    'acldefault aclexplode col_description current_database current_schema current_schemas format_type getdatabaseencoding ' +
      'has_any_column_privilege has_column_privilege has_database_privilege has_foreign_data_wrapper_privilege has_function_privilege ' +
      'has_language_privilege has_schema_privilege has_sequence_privilege has_server_privilege has_table_privilege ' +
      'has_tablespace_privilege has_type_privilege obj_description pg_client_encoding pg_encoding_to_char pg_get_constraintdef pg_get_expr ' +
      'pg_get_function_arg_default pg_get_function_arguments pg_get_function_identity_arguments pg_get_function_result pg_get_functiondef ' +
      'pg_database_size pg_get_indexdef pg_get_partition_constraintdef pg_get_partkeydef pg_get_ruledef pg_get_serial_sequence ' +
      'pg_get_statisticsobjdef_columns pg_get_triggerdef pg_get_userbyid pg_get_viewdef pg_has_role pg_is_in_recovery ' +
      'pg_relation_is_publishable pg_indexes_size pg_relation_size pg_table_size pg_total_relation_size pg_table_is_visible pg_type_is_visible pg_function_is_visible pg_operator_is_visible pg_opclass_is_visible ' +
      'pg_collation_is_visible pg_typeof pg_char_to_encoding session_user shobj_description to_regclass to_regnamespace to_regproc ' +
      'to_regprocedure to_regrole to_regtype version _pg_char_max_length _pg_char_octet_length _pg_datetime_precision _pg_expandarray ' +
      '_pg_index_position _pg_interval_type _pg_numeric_precision _pg_numeric_precision_radix _pg_numeric_scale _pg_truetypid _pg_truetypmod',
  ),
)

/** Of the functions that compute: these tell the time, make something up, or read a text that may say "now". */
const RESTLESS_FUNCTIONS = new Set(
  words(
    'age clock_timestamp date gen_random_uuid interval now random statement_timestamp time timeofday timestamp timestamptz timetz ' +
      'transaction_timestamp uuidv4 uuidv7',
  ),
)

/** Settings that no session has otherwise than another, or that are among those by which answers are kept. */
const STEADY_SETTINGS = new Set(
  words(
    'block_size max_identifier_length max_index_keys search_path server_encoding server_version server_version_num',
  ),
)

function isSteadyCall(call: FuncCall): boolean {
  const names = namesOf(call.funcname)
  const name = names.at(-1) ?? ''
  if (names.length > 1 && names[0] !== 'pg_catalog' && names[0] !== 'information_schema') return false
  if (name === 'current_setting') {
    const [setting] = call.args ?? []
    return STEADY_SETTINGS.has(constantText(setting)?.toLowerCase() ?? '')
  }
  if (RESTLESS_FUNCTIONS.has(name)) return false
  return CATALOG_FUNCTIONS.has(name) || ALLOWED_FUNCTIONS.has(name)
}

/** None of a date or time, because a text may say "now". */
const STEADY_TYPES = new Set(
  words(
    'bool bpchar cardinal_number char character_data float4 float8 int2 int2vector int4 int8 json jsonb name numeric oid oidvector pg_node_tree ' +
      'regclass regcollation regconfig regdictionary regnamespace regoper regoperator regproc regprocedure regrole regtype sql_identifier text ' +
      'uuid varchar yes_or_no',
  ),
)

function isSteadyType(type: TypeName): boolean {
  const names = namesOf(type.names)
  if (names.length > 1 && names[0] !== 'pg_catalog' && names[0] !== 'information_schema') return false
  return STEADY_TYPES.has((names.at(-1) ?? '').replace(/^_/, ''))
}

/** Who and where a session is. */
const STEADY_FACTS = new Set(
  words(
    'SVFOP_CURRENT_CATALOG SVFOP_CURRENT_ROLE SVFOP_CURRENT_SCHEMA SVFOP_CURRENT_USER SVFOP_SESSION_USER SVFOP_USER',
  ),
)

/** Columns that every row has; they count what was done to it. */
const SYSTEM_COLUMNS = ['cmax', 'cmin', 'ctid', 'xmax', 'xmin']

const READS_THE_CLOCK = /now|today|tomorrow|yesterday/i

/** Kinds of nodes that do nothing of their own but what is said by the names in them. */
const STEADY_KINDS = new Set(
  words(
    'A_ArrayExpr A_Const A_Expr A_Indices A_Indirection A_Star Alias BoolExpr BooleanTest CaseExpr CaseWhen CoalesceExpr CollateClause ColumnDef ' +
      'ColumnRef CommonTableExpr FuncCall GroupingFunc GroupingSet Integer Boolean Float JoinExpr List MinMaxExpr NamedArgExpr NullTest ParamRef RangeFunction ' +
      'RangeSubselect RangeVar ResTarget RowExpr SQLValueFunction SelectStmt SortBy String SubLink TypeCast TypeName WindowDef',
  ),
)
