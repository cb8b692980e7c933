# The server's image. The last stage takes any Debian base, so that it can also be built without a registry.
ARG BASE=debian:bookworm-slim

FROM node:22-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN npm ci
COPY web ./
RUN npm run build

FROM rust:1-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends libssl-dev pkg-config && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
COPY --from=web /src/web/dist web/dist
RUN cargo build --locked --profile dist -p sortie-server

FROM ${BASE} AS runtime
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libssl3 tar wget \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 1000 --user-group --home-dir /data --no-create-home sortie \
    && install -d -o 1000 -g 1000 /data /app
WORKDIR /app
COPY --from=build /src/target/dist/sortie /app/sortie
RUN ln -s sortie /app/launchpad
USER 1000:1000
ENV SORTIE_BIND=0.0.0.0 SORTIE_DATA_DIR=/data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/app/sortie"]
CMD ["-db", "/data/sortie.db"]
