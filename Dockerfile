# Serves compiled programs: docker build -t lutra . (docs/serving.md says how to run it)
FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY LICENSE README.md THIRD-PARTY.md tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build && npm pack --ignore-scripts --pack-destination /tmp

# What is packed, with the versions of package-lock.json, and the packages of servers, storages and queues, which are peers elsewhere.
WORKDIR /app
RUN tar -xzf /tmp/lutra-*.tgz --strip-components=1 \
  && cp /build/package-lock.json /build/.npmrc . \
  && npm pkg set --json "dependencies=$(node -p 'const p = require("./package.json"); JSON.stringify({ ...p.dependencies, ...p.peerDependencies })')" \
  && npm pkg delete devDependencies peerDependencies peerDependenciesMeta scripts \
  && npm install --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production
COPY --from=build /app /app
RUN ln -s /app/dist/lutra.js /usr/local/bin/lutra \
  && chmod +x /app/dist/lutra.js \
  && install -d -o 1000 -g 1000 /var/lib/lutra
WORKDIR /var/lib/lutra
USER 1000:1000
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["lutra"]
CMD ["serve", "--host", "0.0.0.0", "--tokens", "/etc/lutra/tokens", "--data", "/var/lib/lutra", "/models/program.lutra"]
