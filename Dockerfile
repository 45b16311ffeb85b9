# A worker of `bench worker`, and the dashboard: docker-compose.yml builds both.
FROM node:22-bookworm-slim AS build
ENV TURBO_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1 CI=true
WORKDIR /bench
COPY . .
RUN npx -y pnpm@10.34.9 install --frozen-lockfile \
 && npx turbo run build --output-logs=errors-only \
 && npx pnpm --filter @bench/cli deploy --prod --legacy /out/cli \
 && npx pnpm --filter @bench/dashboard deploy --prod --legacy /out/dashboard

FROM node:22-bookworm-slim AS dashboard
COPY --from=build /out/dashboard /opt/dashboard
RUN mkdir /results && chown node /results
USER node
WORKDIR /work
ENTRYPOINT ["node", "/opt/dashboard/dist/main.js"]

FROM node:22-bookworm-slim AS worker
# bubblewrap works only where the container lets it (docs/scale-out.md); the WebAssembly Python works everywhere.
RUN apt-get update \
 && apt-get install -y --no-install-recommends bubblewrap python3 ca-certificates tini \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/cli /opt/bench
RUN ln -s /opt/bench/dist/main.js /usr/local/bin/bench && mkdir -p /work /results && chown node /work /results
USER node
RUN bench sandbox fetch
WORKDIR /work
# Programs that a sandbox leaves behind are waited for.
ENTRYPOINT ["/usr/bin/tini", "--", "bench"]
CMD ["worker"]
