/** The first OID that Postgres gives to objects of users (transam.h, FirstNormalObjectId). */
const USER_OID_MIN = 16_384

/**
 * Types of Postgres whose text is the same whatever a session sets: DateStyle, TimeZone, IntervalStyle, bytea_output, extra_float_digits.
 * Any other's text is the client's to change, and no rule may look at it.
 */
const FIXED: ReadonlySet<number> = new Set([
  16,
  18,
  19,
  20,
  21,
  23,
  25,
  26,
  1042,
  1043,
  1700,
  2950, // bool "char" name int8 int2 int4 text oid bpchar varchar numeric uuid
  114,
  142,
  650,
  774,
  829,
  869,
  1083,
  1266,
  1560,
  1562,
  3802, // json xml cidr macaddr8 macaddr inet time timetz bit varbit jsonb
  199,
  1000,
  1002,
  1003,
  1005,
  1007,
  1009,
  1014,
  1015,
  1016,
  1231,
  2951,
  3807, // arrays of them
  3904,
  3906,
  3926,
  4451,
  4532,
  4536, // ranges and multiranges of whole numbers and numeric
])

/** Whether a column's text is fixed. Types of users are enums and such; what they are made of is not known here. */
export function hasFixedText(oid: number): boolean {
  return oid >= USER_OID_MIN || FIXED.has(oid)
}
