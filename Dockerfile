# One image for every part of the service; the command says which: api (the default), worker, worker schedule, or
# apexproof.cli with a command of the command line. It runs as a stranger, on a read-only root file system.

FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ONLY_BINARY=:all:
WORKDIR /build
COPY requirements/runtime.txt requirements/build.txt requirements/
RUN python -m venv --without-pip /opt/apexproof \
 && python -m pip --python /opt/apexproof/bin/python install --require-hashes --requirement requirements/runtime.txt \
 && python -m pip install --require-hashes --requirement requirements/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY apexproof apexproof
COPY api api
COPY worker worker
RUN python -m pip wheel --no-deps --no-build-isolation --wheel-dir wheel . \
 && python -m pip --python /opt/apexproof/bin/python install --no-deps wheel/*.whl \
 && python -m compileall -q -j 0 /opt/apexproof/lib

FROM python:3.13-slim-bookworm
RUN python -m pip uninstall --yes --root-user-action=ignore pip \
 && install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=build /opt/apexproof /opt/apexproof
ENV PATH=/opt/apexproof/bin:$PATH \
    HOME=/data \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    APEXPROOF_DATA_DIR=/data \
    APEXPROOF_HOST=0.0.0.0
USER 10001:10001
WORKDIR /data
EXPOSE 8351
ENTRYPOINT ["python", "-m"]
CMD ["api"]
