/**
 * Prisma's schema engine as WebAssembly, in this process: what applies migrations and writes new ones.
 * No engine is downloaded; the table it keeps is the usual `_prisma_migrations`, so that `prisma migrate deploy`
 * works on the same database.
 */
import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { MigrationList, SchemaEngine, SchemaFilter } from '@prisma/schema-engine-wasm';

import { SchemaAdapterFactory } from './schema-adapter.ts';

/** The folder of `schema.prisma` and `migrations/` of this product. */
export const PRISMA_DIR = fileURLToPath(new URL('../../../prisma', import.meta.url));

export const NO_FILTER: SchemaFilter = { externalTables: [], externalEnums: [] };

interface WasmExports {
  __wbindgen_start(): void;
}

interface GlueModule {
  __wbg_set_wasm(exports: WasmExports): void;
  SchemaEngine: typeof SchemaEngine;
}

/** The one call needed of a global that Node has and its type declarations leave to the browser's. */
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: Record<string, unknown>): Promise<{ instance: { exports: WasmExports } }>;
};

// Where the engine leaves the message when it panics; without it the panic hides its own reason.
Object.assign(globalThis, {
  PRISMA_WASM_PANIC_REGISTRY: {
    set_message(message: string): void {
      throw new Error(`The schema engine failed: ${message}`);
    },
  },
});

let glue: Promise<GlueModule> | undefined;

async function loadGlue(): Promise<GlueModule> {
  const glueFile = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const file = glueFile.replace(/\.js$/, '.wasm');
  const { instance } = await WebAssembly.instantiate(await readFile(file), {
    './schema_engine_bg.js': importsOf(bindings),
  });
  const loaded = bindings as unknown as GlueModule;
  loaded.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return loaded;
}

/** The engine's ten-second timer of its lock is never cleared: it must not keep a process that is done from ending. */
function importsOf(module: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(module).map(([name, value]) => {
      if (!name.startsWith('__wbg_setTimeout_') || typeof value !== 'function') return [name, value];
      const setTimer = value as (...args: unknown[]) => NodeJS.Timeout;
      return [name, (...args: unknown[]) => setTimer(...args).unref()];
    }),
  );
}

/**
 * Runs `work` with a schema engine on the database at `databaseUrl`, and closes all its connections afterwards: the
 * engine holds an advisory lock of its own for as long as its session lives. When a script fails, the error of
 * PostgreSQL is thrown.
 */
export async function withSchemaEngine<T>(databaseUrl: string, work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  glue ??= loadGlue();
  const { SchemaEngine: Engine } = await glue;
  const factory = new SchemaAdapterFactory(databaseUrl);
  try {
    const engine = await Engine.new({ datamodels: undefined }, () => {}, bindMigrationAwareSqlAdapterFactory(factory));
    try {
      return await work(engine);
    } catch (error) {
      throw factory.scriptError ?? error;
    } finally {
      engine.free();
    }
  } finally {
    await factory.end();
  }
}

/** The migrations on disk, oldest first, as the engine wants them. A folder without `migration.sql` is an error of its own. */
export async function readMigrations(prismaDir: string = PRISMA_DIR): Promise<MigrationList> {
  const baseDir = path.join(prismaDir, 'migrations');
  const entries = await readdir(baseDir, { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
  const lockfile = await readFile(path.join(baseDir, 'migration_lock.toml'), 'utf8').catch(() => null);
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: lockfile },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.map(async (name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok' as const, value: await readFile(path.join(baseDir, name, 'migration.sql'), 'utf8') },
        },
      })),
    ),
  };
}
