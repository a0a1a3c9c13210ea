# Two stages: wheels are built where compilers may be, and run where nothing is that need not be.
FROM python:3.12-slim AS build

WORKDIR /build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/peerloom
ENV PATH=/opt/peerloom/bin:$PATH

# A plain `pip install torch` brings several gigabytes of CUDA that a CPU never runs: give --build-arg TORCH_INDEX=<an
# index that carries CPU builds> for a smaller image.
ARG TORCH_INDEX=
RUN pip install ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "torch==2.13.0"

COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY prompts prompts
COPY pipelines pipelines
COPY service service
RUN pip install --constraint constraints.txt .

FROM python:3.12-slim

RUN useradd --system --uid 10001 --home-dir /var/lib/peerloom --create-home peerloom
COPY --from=build /opt/peerloom /opt/peerloom
COPY examples /usr/share/peerloom/examples
ENV PATH=/opt/peerloom/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PEERLOOM_DATA=/var/lib/peerloom \
    PEERLOOM_HOST=0.0.0.0 \
    PEERLOOM_PORT=8000 \
    PEERLOOM_LOG_FORMAT=json
USER peerloom
WORKDIR /var/lib/peerloom
VOLUME /var/lib/peerloom
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=40s --retries=4 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
CMD ["sh", "-c", "peerloom migrate && exec peerloom serve"]
