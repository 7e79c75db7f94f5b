# The service and its migrations. The first stage installs; the second has the result, and no tools.

FROM python:3.13-slim AS install
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /app/venv
WORKDIR /install
# requirements-otel.lock has the packages for traces too.
ARG LOCK=requirements-runtime.lock
COPY ${LOCK} requirements.lock
# Every file is checked against the lock's hashes, and nothing is compiled here: wheels only.
# An index of your own: docker build --secret id=pip,src=$HOME/.config/pip/pip.conf
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    /app/venv/bin/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements.lock \
    && /app/venv/bin/python -m pip uninstall --quiet --yes pip \
    && /app/venv/bin/python -m compileall -q /app/venv/lib

FROM python:3.13-slim
RUN groupadd --system --gid 10001 app && useradd --system --uid 10001 --gid app --home-dir /app --shell /usr/sbin/nologin app
COPY --from=install /app/venv /app/venv
WORKDIR /app
# As in a checkout: the migrations lie beside src, the generated code is a package of its own.
COPY migrations migrations
COPY generated generated
COPY src src
ENV PATH=/app/venv/bin:$PATH PYTHONPATH=/app/src:/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0 WORKERS=auto
# The files of a checkout that was made under a strict umask are made readable.
RUN chmod -R a+rX migrations generated src && python -m compileall -q src generated
USER app
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-m", "product_dashboard.health.probe"]
# SIGTERM ends it in order: running requests finish within SHUTDOWN_TIMEOUT.
STOPSIGNAL SIGTERM
CMD ["python", "-m", "product_dashboard.server"]
