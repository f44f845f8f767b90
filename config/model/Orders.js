cube(`Orders`, {
  sql_table: `shop.orders`,
  title: `Orders`,
  description: `One row per order; everyone sees their own (cube.js)`,

  joins: {
    Users: { relationship: `many_to_one`, sql: `${CUBE}.user_id = ${Users}.id` },
  },

  measures: {
    count: { type: `count`, title: `Number of orders` },
    total_amount: { type: `sum`, sql: `amount` },
    average_amount: { type: `avg`, sql: `amount` },
    biggest: { type: `max`, sql: `amount` },
    buyers: { type: `count_distinct`, sql: `user_id` },
    completed_count: { type: `count`, filters: [{ sql: `${CUBE}.status = 'completed'` }] },
    completed_share: { type: `number`, sql: `1.0 * ${completed_count} / NULLIF(${count}, 0)` },
  },

  dimensions: {
    id: { sql: `id`, type: `number`, primary_key: true },
    userId: { sql: `user_id`, type: `number` },
    status: { sql: `status`, type: `string` },
    size: {
      type: `string`,
      case: {
        when: [
          { sql: `${CUBE}.amount >= 500`, label: `large` },
          { sql: `${CUBE}.amount >= 100`, label: `medium` },
        ],
        else: { label: `small` },
      },
    },
    city: { sql: `${Users.city}`, type: `string` },
    created_at: { sql: `created_at`, type: `time` },
  },

  segments: {
    completed: { sql: `${CUBE}.status = 'completed'` },
  },
})
