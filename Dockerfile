# One binary that needs no other, on an image with nothing else: no shell, no package manager.
FROM docker.io/oven/bun:1.4.5-slim@sha256:PIN_ME AS build
WORKDIR /src
COPY package.json bun.lock bunfig.toml ./
# Nothing that a package would like to run is run.
RUN bun install --frozen-lockfile --production --ignore-scripts
COPY tsconfig.json ./
COPY scripts scripts
COPY src src
RUN bun scripts/build-banneton.ts && bun scripts/build-functions.ts && mkdir /files

# The functions for a machine of one's own (compose.yaml); in the cloud Google builds the same bundle.
FROM docker.io/library/node:22-bookworm-slim@sha256:PIN_ME AS functions
WORKDIR /functions
COPY --from=build /src/dist/functions ./
RUN npm install --omit=dev --ignore-scripts --no-audit --no-fund
COPY --from=build --chown=65532:65532 /files /files
ARG REVISION=unknown
ENV RELEASE=${REVISION}
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["node", "node_modules/@google-cloud/functions-framework/build/src/main.js", "--source=/functions"]

FROM gcr.io/distroless/cc-debian12:nonroot@sha256:PIN_ME
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Banneton" \
      org.opencontainers.image.description="The operations platform for bakeries" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build --chown=0:0 --chmod=0555 /src/dist/banneton /banneton
# Where compose.yaml keeps files; elsewhere they are in a bucket.
COPY --from=build --chown=65532:65532 /files /files
ENV NODE_ENV=production HOST=0.0.0.0 RELEASE=${REVISION}
USER 65532:65532
EXPOSE 3000 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["/banneton", "health"]
ENTRYPOINT ["/banneton"]
CMD ["web"]
