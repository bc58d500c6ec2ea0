# One image for the API, the worker and the migration; each service names its own command.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
# Dependencies first, from the lock with hashes: they change less often than the source.
COPY requirements.lock .
RUN python -m venv /opt/budwood \
    && /opt/budwood/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE alembic.ini ./
COPY agents agents
COPY sandbox sandbox
COPY service service
COPY migrations migrations
# The lock has the build backend too: nothing unpinned is fetched for the build.
RUN /opt/budwood/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
# git: repositories. bubblewrap and docker come as Python packages.
RUN apt-get update \
    && apt-get install --no-install-recommends -y git \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home budwood \
    && install -d -o budwood -g budwood /var/lib/budwood /var/cache/budwood
COPY --from=build /opt/budwood /opt/budwood
ENV PATH=/opt/budwood/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    BUDWOOD_DATA_DIR=/var/lib/budwood \
    BUDWOOD_CACHE_DIR=/var/cache/budwood \
    BUDWOOD_LOG_JSON=true
USER budwood
WORKDIR /home/budwood
VOLUME ["/var/lib/budwood", "/var/cache/budwood"]
EXPOSE 8080
CMD ["budwood", "serve"]
