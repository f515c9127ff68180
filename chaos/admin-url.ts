import type { Config } from '../src/runtime/config.ts';
import { embeddedDatabaseUrl } from '../src/runtime/embedded-database.ts';

/** The embedded PostgreSQL as its superuser: what ends other roles' connections and copies databases. */
export function adminUrlOf(config: Config): string {
  return embeddedDatabaseUrl(config.dataDir, config.stack.postgresPort, 'postgres', 'postgres');
}
