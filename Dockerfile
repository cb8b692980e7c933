# The server's images: `runtime` on a small Debian with the tools that operators' habits need, and `shell-less` without any
# (`docker build --target shell-less`). Both can also be built without a registry: any Debian is a BASE, an image that holds
# /built/sortie can be the BUILT one, and PREPARED stands for a stage `base` that was built before.
ARG BASE=debian:bookworm-slim
ARG BUILT=build
ARG PREPARED=base

FROM node:22-bookworm-slim AS web
WORKDIR /src
COPY web/package.json web/package-lock.json web/
RUN npm --prefix web ci
COPY . .
RUN npm --prefix web run build && node scripts/docs-site.mjs docs web/dist/docs

FROM rust:1-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends libssl-dev pkg-config && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
COPY --from=web /src/web/dist web/dist
RUN cargo build --locked --profile dist -p sortie-server && install -D target/dist/sortie /built/sortie

FROM ${BUILT} AS built

FROM ${BASE} AS base
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libssl3 tar wget \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 1000 --user-group --home-dir /data --no-create-home sortie \
    && install -d -o 1000 -g 1000 /data /app /backup

FROM ${PREPARED} AS parts
COPY --from=built /built/sortie /app/sortie
RUN ln -s sortie /app/launchpad && ln -s /app/sortie /usr/local/bin/sqlite3
# What the binary itself needs, and nothing that can run anything else.
RUN mkdir /parts \
    && cp --parents --no-dereference --preserve=mode,ownership,links --recursive /app /data /backup /usr/local/bin/sqlite3 \
       /etc/passwd /etc/group /etc/nsswitch.conf /etc/ssl /usr/share/ca-certificates /parts \
    && cp --parents --dereference $(ldd /app/sortie | grep -o '/[^ ]*') /parts \
    && install -d -m 1777 /parts/tmp

FROM scratch AS shell-less
COPY --from=parts /parts /
WORKDIR /app
USER 1000:1000
ENV SORTIE_BIND=0.0.0.0 SORTIE_DATA_DIR=/data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/app/sortie"]
CMD ["-db", "/data/sortie.db"]

FROM ${PREPARED} AS runtime
WORKDIR /app
COPY --from=built /built/sortie /app/sortie
# The same binary is `sqlite3`: our own SQLite, because an older one must not touch a log that a server is writing.
RUN ln -s sortie /app/launchpad && ln -s /app/sortie /usr/local/bin/sqlite3
USER 1000:1000
ENV SORTIE_BIND=0.0.0.0 SORTIE_DATA_DIR=/data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/app/sortie"]
CMD ["-db", "/data/sortie.db"]
