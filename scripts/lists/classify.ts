import type { Procedure } from './server.js'

/** `allow`: called by name. `operator`: reached through an operator only. Everything else is refused, and the tag says why. */
export type Tag =
  | 'allow'
  | 'operator'
  | 'exec-sql'
  | 'file'
  | 'config'
  | 'session'
  | 'lock'
  | 'sleep'
  | 'sequence'
  | 'replication'
  | 'privilege-oracle'
  | 'server-info'
  | 'catalog'
  | 'privileged'
  | 'internal-type'
  | 'xml'
  | 'composite-type'
  | 'window-support'
  | 'aggregate-support'
  | 'index-support'
  | 'type-io'
  | 'internal-helper'
  | 'system-type'
  | 'volatile'

type Rule = readonly [tag: Tag, matches: (procedure: Procedure) => boolean]

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/))

/** They implement an operator or support an index, and are documented as functions all the same. */
const CALLED_BY_NAME = words(
  'array_append array_cat array_prepend isempty range_merge starts_with tsquery_phrase',
)

/** Volatile functions that change nothing, and tell nothing but the time and chance. */
const HARMLESS_VOLATILE = words('random clock_timestamp timeofday gen_random_uuid uuidv4 uuidv7')

/** Parts of other functions, which nobody calls by name. */
const HELPERS =
  words(`textlen dround dtrunc dexp dlog1 dlog10 int4inc numeric_inc int8_sum pclose popen notlike similar_escape name convert
  macaddr8_set7bit`)

/**
 * Types whose values are plain data. What takes or gives another type is refused: it names an object of the server, or a row of a relation.
 */
export const VALUE_TYPES =
  words(`bool int2 int4 int8 float4 float8 numeric money text varchar bpchar char name bytea bit varbit date time timetz
  timestamp timestamptz interval uuid json jsonb jsonpath inet cidr macaddr macaddr8 point lseg line box path polygon circle tsvector tsquery
  int4range int8range numrange daterange tsrange tstzrange int4multirange int8multirange nummultirange datemultirange tsmultirange
  tstzmultirange any anyelement anyarray anynonarray anyrange anymultirange anycompatible anycompatiblearray anycompatiblenonarray
  anycompatiblerange anycompatiblemultirange record`)

/** A conversion or comparison of the value alone, whatever it is of: it looks nothing up. */
function usesValueAlone({ name, args }: Procedure): boolean {
  return (
    name === 'min' ||
    name === 'max' ||
    (name === 'int8' && args[0] === 'oid') ||
    (name === 'text' && args[0] === 'xml')
  )
}

const named =
  (pattern: RegExp) =>
  ({ name }: Procedure): boolean =>
    pattern.test(name)
const over =
  (pattern: RegExp) =>
  ({ types }: Procedure): boolean =>
    types.some((type) => pattern.test(type))

/** The policy: the first rule that matches decides. */
const RULES: readonly Rule[] = [
  // They run SQL text, or dump a table that they are told the name of.
  ['exec-sql', named(/^(query|table|schema|database|cursor)_to_xml|^ts_(stat|rewrite)$/)],
  ['file', named(/^pg_(read_|ls_|stat_file|file_|hba_file|ident_file)|^(be_)?lo_|^lo(read|write)$/)],
  ['config', named(/^(set_config|current_setting|setseed)$|^pg_(reload|show_all|settings|control|config)/)],
  [
    'session',
    named(/^pg_(stat|cancel|terminate|prepared|cursor|notif|listening|backend_pid)|^current_query$/),
  ],
  ['lock', named(/advisory/)],
  ['sleep', named(/^pg_sleep/)],
  ['sequence', named(/^(nextval|currval|setval|lastval)$|^pg_(get_)?sequence/)],
  ['replication', named(/wal|slot|replication|backup|recovery|promote|^txid|xact|snapshot|^pg_logical/)],
  // Whether an object exists, and whether the upstream's role may do something with it.
  ['privilege-oracle', named(/^has_|^pg_has_role|^to_reg|_is_visible$|^acl|^row_security/)],
  [
    'server-info',
    named(
      /^(version|unicode_version|icu_unicode_version|inet_(client|server)_\w+|current_(database|schemas?|user))$/,
    ),
  ],
  ['server-info', named(/^(session_user|system_user|getdatabaseencoding|getpgusername)$/)],
  // Definitions, names and sizes. Parsers of text search are found by a name that is plain text.
  ['catalog', named(/^pg_(?!size_(pretty|bytes)$)|^binary_upgrade|^(col|obj|shobj)_description$/)],
  ['catalog', named(/^(format_type|ts_parse|ts_token_type|ts_debug)$|^currtid|^(brin|gin)_/)],
  ['privileged', ({ privileged, kind }) => privileged || kind === 'p'],
  [
    'internal-type',
    over(/^(_?cstring|internal|trigger|event_trigger|void|unknown|pg_ddl_command|pg_node_tree)$|_handler$/),
  ],
  ['allow', usesValueAlone],
  ['xml', (procedure) => over(/^_?xml$/)(procedure) || named(/^xml/)(procedure)],
  // They need a named row or enum type, and tell what it holds.
  ['composite-type', (procedure) => named(/_populate_record/)(procedure) || over(/^anyenum$/)(procedure)],
  // What the grammar turns LIKE … ESCAPE and SIMILAR TO into.
  ['allow', named(/^(like|similar_to)_escape$/)],
  ['window-support', named(/^in_range$/)],
  [
    'operator',
    ({ isOperator, description, name }) =>
      isOperator && /^implementation of|^deprecated/.test(description) && !CALLED_BY_NAME.has(name),
  ],
  ['aggregate-support', ({ isAggregateSupport }) => isAggregateSupport],
  ['index-support', ({ isIndexSupport, name }) => isIndexSupport && !CALLED_BY_NAME.has(name)],
  ['type-io', named(/(recv|send|typmodin|typmodout)$/)],
  ['internal-helper', ({ name }) => HELPERS.has(name) || /_(canonical|subdiff)$/.test(name)],
  ['system-type', ({ types }) => types.some((type) => !VALUE_TYPES.has(type.replace(/^_/, '')))],
  ['volatile', ({ volatility, name }) => volatility === 'v' && !HARMLESS_VOLATILE.has(name)],
  ['allow', () => true],
]

/** What becomes of a function: the tag of the first rule that matches it. */
export function classify(procedure: Procedure): Tag {
  const rule = RULES.find(([, matches]) => matches(procedure))
  if (rule === undefined) throw new Error(`no rule for ${procedure.name}`)
  return rule[0]
}

/**
 * Names that have a refused overload beside the allowed ones, by the type that makes it one, and what keeps clients from it. A name that
 * is in no such row is allowed whole or not at all.
 */
export const MIXED_NAMES: readonly { readonly names: ReadonlySet<string>; readonly type: string }[] = [
  // No value of it can be written, none comes from what is allowed, and columns of it are read as text (plan/type-list.ts).
  { names: words('age'), type: 'xid' },
  // A text that has no type yet becomes one, and so does a number, so plan/bounds.ts takes the configurations of pg_catalog by name and nothing else.
  {
    names:
      words(`to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery json_to_tsvector jsonb_to_tsvector
      ts_headline`),
    type: 'regconfig',
  },
]

/** Whether a refused overload may share its name with allowed ones. */
export function isKeptFromClients({ name, args }: Procedure): boolean {
  return MIXED_NAMES.some(({ names, type }) => names.has(name) && args.includes(type))
}

/** Whether it may be reached neither by name nor through an operator. */
export function isRefused(procedure: Procedure): boolean {
  return !['allow', 'operator'].includes(classify(procedure))
}
