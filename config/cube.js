// Who may see which rows of which cube, for cubes that say nothing about it themselves.
module.exports = {
  queryRewrite: (query, { securityContext }) => {
    if (!securityContext.user_id) {
      throw new Error('No id found in Security Context!')
    }
    query.filters.push({
      member: 'Orders.userId',
      operator: 'equals',
      values: [securityContext.user_id],
    })
    return query
  },
}
