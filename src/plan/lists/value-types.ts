// Written by `npm run lists` from pg_catalog of PostgreSQL 15 to 18; see scripts/lists.

/** Types of columns that are read as they are, with the OIDs of the type and of arrays of it. Others are read as text. */
export const VALUE_TYPES_TEXT = `
bit:1560,1561 bool:16,1000 box:603,1020 bpchar:1042,1014 bytea:17,1001 char:18,1002 cidr:650,651 circle:718,719 date:1082,1182
  datemultirange:4535,6155 daterange:3912,3913 float4:700,1021 float8:701,1022 inet:869,1041 int2:21,1005 int4:23,1007
  int4multirange:4451,6150 int4range:3904,3905 int8:20,1016 int8multirange:4536,6157 int8range:3926,3927 interval:1186,1187 json:114,199
  jsonb:3802,3807 jsonpath:4072,4073 line:628,629 lseg:601,1018 macaddr8:774,775 macaddr:829,1040 money:790,791 name:19,1003
  numeric:1700,1231 nummultirange:4532,6151 numrange:3906,3907 oid:26,1028 path:602,1019 point:600,1017 polygon:604,1027 text:25,1009
  time:1083,1183 timestamp:1114,1115 timestamptz:1184,1185 timetz:1266,1270 tsmultirange:4533,6152 tsquery:3615,3645 tsrange:3908,3909
  tstzmultirange:4534,6153 tstzrange:3910,3911 tsvector:3614,3643 uuid:2950,2951 varbit:1562,1563 varchar:1043,1015 xml:142,143
`
