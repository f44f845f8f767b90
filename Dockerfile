# Build: compiles src/ with the development packages.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN npm run build && npm prune --omit=dev

# Run: no compiler, no package manager's cache, no root.
FROM node:22-bookworm-slim
ENV NODE_ENV=production ROWGATE_HOST=0.0.0.0
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY config config
USER node
EXPOSE 15432
# Asks the gate itself, as a client's first packet does: an SSLRequest is answered with one letter.
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s CMD ["node", "dist/health.js"]
# No shell in between, so that SIGTERM reaches the gateway and it drains.
ENTRYPOINT ["node", "dist/cli.js"]
CMD ["serve", "--project", "/app/config"]
