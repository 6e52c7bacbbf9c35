# syntax=docker/dockerfile:1

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The toolchain's own Node (a development dependency) is not needed where Node is there already.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN ./node_modules/typescript/bin/tsc -p tsconfig.build.json \
  && ./node_modules/typescript/bin/tsc -p src/http/dashboard/browser/tsconfig.json --noEmit false --outDir dist/http/dashboard/browser \
  && npm prune --omit=dev --ignore-scripts \
  && npm sbom --package-lock-only --omit=dev --sbom-format=spdx > sbom.json

FROM node:24-slim
# Memory spreads less before it is needed: that of young objects, and the C library's. The heap is bounded at more than
# twice what a thousand repositories need; docs/sizing.md says when to raise it.
ENV NODE_ENV=production \
    NODE_OPTIONS="--max-semi-space-size=4 --max-old-space-size=320" \
    MALLOC_ARENA_MAX=1 \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/sbom.json ./
COPY package.json app.yml LICENSE ./
COPY schema ./schema
# A new named volume takes over the owner of the directory it covers.
RUN mkdir --mode=700 /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
# The image has no curl; Node has fetch.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Exec form: SIGTERM reaches the process itself, which takes no more deliveries, finishes and leaves.
CMD ["node", "dist/main.js", "serve"]
