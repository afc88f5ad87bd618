# Two stages: the first has what building needs, the second only what serving needs.

# The Python that the tests run on; one of them holds the two together.
ARG PYTHON=3.11

FROM python:${PYTHON}-slim-trixie AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build/source

# One environment to serve from, without pip, and one to build with, which stays behind.
RUN python -m venv --without-pip /opt/feedback && python -m venv --without-pip /build/tools

COPY requirements.lock ./
RUN python -m pip --python /opt/feedback install --require-hashes --requirement requirements.lock

# The build tool comes from the developers' lock, with its hashes; a package it needs that is not named here is refused.
COPY requirements-dev.lock ./
RUN awk '/^[a-z]/ { wanted = /^(hatchling|packaging|pathspec|pluggy|tomlkit|trove-classifiers)==/ } wanted' \
      requirements-dev.lock > requirements-build.lock \
    && python -m pip --python /build/tools install --require-hashes --requirement requirements-build.lock

COPY pyproject.toml README.md LICENSE ./
COPY feedback ./feedback
COPY forms ./forms
COPY templates ./templates
COPY migrations ./migrations
COPY examples/rosters ./examples/rosters
COPY examples/reports/27-people ./examples/reports/27-people
RUN /build/tools/bin/python -m hatchling build -t wheel -d /build/wheel \
    && python -m pip --python /opt/feedback install --no-deps --no-index /build/wheel/*.whl

FROM python:${PYTHON}-slim-trixie
# A fixed number, so that files made for this user can be given to it on any machine.
RUN groupadd --system --gid 10001 feedback \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent \
      --shell /usr/sbin/nologin feedback
# `feedback db backup` calls pg_dump, which must not be older than the server.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/feedback /opt/feedback
ENV PATH=/opt/feedback/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    FEEDBACK_LISTEN_HOST=0.0.0.0 \
    FEEDBACK_LISTEN_PORT=8000
WORKDIR /tmp
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["feedback"]
CMD ["serve"]
