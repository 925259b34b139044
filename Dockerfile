# No package runs code while it is installed (.npmrc); scripts/native-parts.mjs compiles SQLite, from its source.
FROM node:20-bookworm AS base
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.base.json ./
COPY backend/package.json backend/
COPY frontend/package.json frontend/
COPY demo/package.json demo/
COPY e2e/package.json e2e/

# What the running server needs, and nothing else.
FROM base AS server
RUN npm ci --omit=dev --workspace backend --include-workspace-root=false
COPY scripts/native-parts.mjs scripts/run-node.mjs scripts/
RUN node scripts/native-parts.mjs

FROM base AS build
RUN npm ci
# Compiled once is enough.
COPY --from=server /app/node_modules/better-sqlite3 node_modules/better-sqlite3
COPY scripts/build.mjs scripts/native-parts.mjs scripts/run-node.mjs scripts/sbom.mjs scripts/
COPY backend backend
COPY frontend frontend
RUN npm run build && npm run sbom

FROM node:20-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends ffmpeg nftables \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o node -g node -m 0700 /data
WORKDIR /app
COPY --from=server /app/node_modules node_modules
COPY --from=build /app/backend/package.json backend/
COPY --from=build /app/backend/bin backend/bin
COPY --from=build /app/backend/dist backend/dist
COPY --from=build /app/frontend/dist frontend/dist
COPY --from=build /app/sbom.cdx.json ./
ENV NODE_ENV=production DATA_DIR=/data HOST=0.0.0.0 PORT=8787
USER node
VOLUME /data
EXPOSE 8787
# A server that serves but cannot play is unhealthy as well: /ready asks the engine and the database.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
# Short-lived objects in 12 MB rather than 48: less memory, as quick (backend/docs/streaming.md).
ENTRYPOINT ["node", "--max-semi-space-size=4", "/app/backend/bin/kinora.js"]
CMD ["start"]
