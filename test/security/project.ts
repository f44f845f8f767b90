/** Rules of every kind over the same rows: one comparison, a list, a cast, a range of texts, a join, another cube's member, a claim in SQL. */
const BASE = ['id', 'secret', 'divisor', 'digits', 'pattern', 'document', 'sign']

const dimensions = (names: readonly string[]): string =>
  names
    .map((name) =>
      name === 'id'
        ? `id: { sql: 'id', type: 'number', primary_key: true }`
        : `${name}: { sql: \`\${CUBE}.${name}\`, type: 'string' }`,
    )
    .join(', ')

const ORDER_MEMBERS = [
  'id',
  'user_id',
  'company_id',
  'region',
  'status',
  'amount',
  'created_at',
  'placed',
  'day',
  'note',
  'tags',
  'nums',
  'meta',
  'ratio',
  'flag',
  'small',
  'big',
  'gap',
  'code',
  'secret',
  'divisor',
  'digits',
  'pattern',
  'document',
  'moment',
  'sign',
]

export const SECURITY_PROJECT: Readonly<Record<string, string>> = {
  'cube.js': `module.exports = {
  contextToGroups: ({ securityContext }) => securityContext.groups || [],
  queryRewrite: (query, { securityContext }) => {
    if (query.dimensions.concat(query.measures).some((name) => name.startsWith('Events.'))) {
      query.filters.push({ member: 'Events.actor', operator: 'equals', values: [String(securityContext.user_id)] });
    }
    if (query.dimensions.concat(query.measures).some((name) => name.startsWith('Hooked.'))) {
      query.filters.push({ member: 'Hooked.actor', operator: 'equals', values: [String(securityContext.user_id)] });
    }
    if (query.dimensions.concat(query.measures).some((name) => name.startsWith('Segmented.'))) {
      query.segments.push('Segmented.own');
    }
    if (query.dimensions.concat(query.measures).some((name) => name.startsWith('Unless.'))) {
      const limited = query.segments.includes('Unless.own') || query.filters.some(({ member }) => member === 'Unless.actor');
      if (!limited) query.filters.push({ member: 'Unless.actor', operator: 'equals', values: [String(securityContext.user_id)] });
    }
    return query;
  },
}`,
  'model/orders.js': `cube('Orders', {
  sql_table: 'public.orders',
  joins: { Users: { relationship: 'many_to_one', sql: \`\${CUBE}.company_id = \${Users}.id\` } },
  dimensions: { ${dimensions(ORDER_MEMBERS)},
    cost: { sql: \`\${CUBE}.hidden_cost\`, type: 'string', public: false },
    guarded_pin: { sql: \`\${CUBE}.hidden_pin\`, type: 'number' },
  },
  measures: {
    count: { type: 'count' },
    total: { type: 'sum', sql: 'amount' },
    mean: { type: 'avg', sql: 'amount' },
    share: { type: 'number', sql: \`1.0 * \${total} / NULLIF(\${count}, 0)\` },
    guarded_pins: { type: 'sum', sql: \`\${guarded_pin}\` },
  },
  segments: { paid: { sql: \`\${CUBE}.status = 'paid'\` } },
  access_policy: [
    { role: '*', row_level: { filters: [{ member: 'user_id', operator: 'equals', values: [securityContext.user_id] }] },
      member_level: { includes: '*', excludes: ['guarded_pin', 'guarded_pins', 'mean', 'share'] } },
    { role: 'auditor', row_level: { allow_all: true } },
  ],
})
cube('Listed', {
  sql_table: 'public.orders', dimensions: { ${dimensions(BASE)}, owner: { sql: 'user_id', type: 'number', public: false } },
  access_policy: [{ role: '*', row_level: { filters: [{ member: 'owner', operator: 'equals', values: securityContext.ids }] } }],
})
cube('Casted', {
  sql: \`SELECT * FROM public.orders WHERE \${SECURITY_CONTEXT.user_id.requiredFilter((id) => \`user_id::text = \${id}::text\`)}\`,
  dimensions: { ${dimensions(BASE)} },
})
cube('Regional', {
  sql: \`SELECT * FROM public.orders WHERE \${SECURITY_CONTEXT.region.filter('lower(region || status)')} OR \${SECURITY_CONTEXT.region.filter('region')}\`,
  dimensions: { ${dimensions(BASE)} },
})
cube('Joined', {
  sql: \`SELECT o.* FROM public.orders o JOIN backroom.people p ON p.company_id = o.company_id AND p.id = o.user_id WHERE \${SECURITY_CONTEXT.company_id.filter('p.company_id')}\`,
  dimensions: { ${dimensions(BASE)} },
})
cube('Users', {
  sql_table: 'backroom.people',
  dimensions: { id: { sql: 'id', type: 'number', primary_key: true }, company_id: { sql: 'company_id', type: 'number' }, name: { sql: 'name', type: 'string' },
    email: { sql: 'email', type: 'string' }, wage: { sql: 'wage', type: 'number', public: false } },
  measures: { count: { type: 'count' }, wages: { type: 'sum', sql: 'wage', public: false } },
  access_policy: [{ role: '*', row_level: { filters: [{ member: 'company_id', operator: 'equals', values: [securityContext.company_id] }] },
    member_level: { excludes: ['email'] } }],
})
cube('Items', {
  sql_table: 'backroom.items',
  joins: { Orders: { relationship: 'many_to_one', sql: \`\${CUBE}.order_id = \${Orders}.id\` } },
  dimensions: { id: { sql: 'id', type: 'number', primary_key: true }, order_id: { sql: 'order_id', type: 'number' },
    product: { sql: 'product', type: 'string' }, quantity: { sql: 'quantity', type: 'number' } },
  measures: { count: { type: 'count' }, pieces: { type: 'sum', sql: 'quantity' } },
  access_policy: [{ role: '*', row_level: { filters: [{ member: 'Orders.user_id', operator: 'equals', values: [securityContext.user_id] }] } }],
})
cube('Events', {
  sql_table: 'backroom.events',
  dimensions: { id: { sql: 'id', type: 'number', primary_key: true }, what: { sql: 'what', type: 'string' }, actor: { sql: 'actor', type: 'number', public: false } },
  measures: { count: { type: 'count' } },
})
for (const name of ['Hooked', 'Segmented', 'Unless']) {
  cube(name, {
    sql_table: 'backroom.events',
    dimensions: { id: { sql: 'id', type: 'number', primary_key: true }, what: { sql: 'what', type: 'string' }, actor: { sql: 'actor', type: 'number' } },
    measures: { count: { type: 'count' } },
    segments: { own: { sql: \`actor = 3\` }, any: { sql: \`true\` } },
  })
}
cube('Layered', {
  sql_table: 'backroom.events',
  dimensions: { id: { sql: 'id', type: 'number', primary_key: true }, what: { sql: 'what', type: 'string' }, actor: { sql: 'actor', type: 'number' } },
  measures: { count: { type: 'count' }, names: { type: 'count_distinct', sql: 'what' }, actors: { type: 'sum', sql: 'actor' }, mixed: { type: 'number', sql: \`\${names} + \${count}\` } },
  segments: { named: { sql: \`what LIKE 'SECRET%'\` } },
  access_policy: [
    { role: '*', row_level: { filters: [{ member: 'actor', operator: 'equals', values: [securityContext.user_id] }] }, member_level: { includes: ['id', 'what', 'count', 'names', 'mixed', 'named'] } },
    { role: '*', row_level: { filters: [{ member: 'id', operator: 'gt', values: [100] }, { member: 'id', operator: 'lt', values: [104] }] }, member_level: { includes: ['id', 'actor', 'count', 'actors'] } },
  ],
})
cube('GuardedAudit', {
  sql_table: 'backroom.payroll',
  dimensions: { id: { sql: 'id', type: 'number', primary_key: true }, person: { sql: 'person', type: 'string' } },
  access_policy: [{ role: 'auditor', row_level: { allow_all: true } }],
})
cube('Concealed', {
  public: false, sql_table: 'backroom.payroll',
  dimensions: { id: { sql: 'id', type: 'number', primary_key: true }, person: { sql: 'person', type: 'string' } },
})`,
  'model/ledger.js': `const { securityContext: { company_id } } = COMPILE_CONTEXT;
cube('Ledger', { sql_table: \`tenant_\${company_id}.ledger\`, dimensions: { id: { sql: 'id', type: 'number', primary_key: true }, entry: { sql: 'entry', type: 'string' } } })`,
}
