cube(`LineItems`, {
  sql: `
    SELECT l.* FROM shop.line_items l JOIN shop.orders o ON o.id = l.order_id
    WHERE ${SECURITY_CONTEXT.user_id.filter(`o.user_id`)}
  `,
  description: `Products of your orders`,

  joins: {
    Orders: { relationship: `many_to_one`, sql: `${CUBE}.order_id = ${Orders}.id` },
  },

  measures: {
    count: { type: `count` },
    quantity: { type: `sum`, sql: `quantity` },
    revenue: { type: `sum`, sql: `${CUBE}.quantity * ${CUBE}.price` },
  },

  dimensions: {
    id: { sql: `id`, type: `number`, primary_key: true },
    order_id: { sql: `order_id`, type: `number` },
    product: { sql: `product`, type: `string` },
    price: { sql: `price`, type: `number` },
  },
})
