# One image for the API and the worker: `docker build -t nurture-engine .`, then the command `api`, `worker`, `migrate` or `publish`.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY prisma ./prisma
# Generating the client needs no engine; naming any file keeps Prisma from downloading one.
RUN PRISMA_SCHEMA_ENGINE_BINARY=/app/package.json npx prisma generate

FROM node:24-slim
ENV NODE_ENV=production
# In a container only what is published is reached.
ENV HOST=0.0.0.0
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force
COPY prisma ./prisma
COPY src ./src
COPY --from=build /app/src/store/generated ./src/store/generated
COPY templates ./templates
COPY playbook ./playbook
USER node
EXPOSE 8080 9464
ENTRYPOINT ["node", "src/cli/main.ts"]
CMD ["api"]
