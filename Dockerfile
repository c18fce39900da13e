# The whole product in one image: `docker compose up`, then the link with the token that it prints. Data lives in the volume at /data.
FROM node:20-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends g++ python3 python3-pip ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /stanscope
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# The engine is linked here, against the wheel for processors, and the pages are built; a start then takes seconds. Kernels are built anew
# where the processor that runs the image is another.
ENV XDG_CACHE_HOME=/cache
RUN node scripts/prepare.mjs

ENV STANSCOPE_HOME=/data STANSCOPE_HOST=0.0.0.0
VOLUME /data
EXPOSE 3000
# Its process ends all others when it is asked to stop.
STOPSIGNAL SIGTERM
CMD ["node", "scripts/start.mjs"]
