# The pipeline's image: every container of docker-compose.yml but PostgreSQL runs it, each with its own command.
# Two stages of one pinned base: the first installs from the hashed lock, the second has neither installer nor compiler.
FROM python:3.11.14-slim-bookworm AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_NO_CACHE=1
WORKDIR /opt/ipstat

COPY requirements.bootstrap.txt requirements.runtime.lock.txt ./
# Wheels only, but for zhconv, which is published as a source archive of pure Python: it is built with the locked
# setuptools, so nothing outside the lock is fetched.
RUN python -m venv /opt/uv \
    && /opt/uv/bin/pip install --require-hashes --only-binary :all: -r requirements.bootstrap.txt \
    && /opt/uv/bin/uv venv --python /usr/local/bin/python .venv \
    && awk '/^[^ ]/ {kept = /^setuptools==/} kept' requirements.runtime.lock.txt > /tmp/setuptools.txt \
    && /opt/uv/bin/uv pip install --require-hashes --only-binary :all: --python .venv/bin/python -r /tmp/setuptools.txt \
    && /opt/uv/bin/uv pip sync --require-hashes --only-binary :all: --no-binary zhconv --no-build-isolation \
        --compile-bytecode --python .venv/bin/python requirements.runtime.lock.txt

COPY pyproject.toml README.md LICENSE ./
COPY ingest ingest
COPY expectations expectations
COPY reports reports
COPY dbt_project dbt_project
COPY ipstat ipstat
COPY dags dags
COPY deploy deploy
RUN /opt/uv/bin/uv pip install --no-deps --no-build-isolation --python .venv/bin/python --editable . \
    && .venv/bin/python -c 'import pathlib, sys; from reports.fonts import prepare; prepare(pathlib.Path(sys.prefix, "share", "ipstat-fonts"))' \
    && .venv/bin/python -m compileall -q ipstat ingest expectations reports dags deploy \
    && chmod -R a+rX,go-w /opt/ipstat

FROM python:3.11.14-slim-bookworm

RUN groupadd --gid 10001 ipstat \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/ipstat --shell /usr/sbin/nologin ipstat \
    && install -d -o 10001 -g 10001 -m 0700 /var/lib/ipstat /var/backups/ipstat /srv/sftp \
    && install -d -o 10001 -g 10001 -m 0750 /srv/drop

COPY --from=build /opt/ipstat /opt/ipstat

ENV PATH=/opt/ipstat/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    IPSTAT_HOME=/var/lib/ipstat \
    HOME=/tmp
WORKDIR /tmp
USER 10001:10001

# Each service of docker-compose.yml has a health check of its own; this one holds for the image run alone.
HEALTHCHECK --interval=60s --timeout=20s --start-period=60s CMD ["python", "/opt/ipstat/deploy/healthy.py", "database"]
ENTRYPOINT []
CMD ["ipstat", "status"]
