/** Brings the servers to the state this version needs. Idempotent; several processes may do it at once. */
import type { Config } from '../runtime/config.ts';
import { migrate } from '../store/migrations/migrate.ts';
import { prepareTemporal } from '../temporal/prepare.ts';

/** @returns the names of the migrations that were applied */
export async function prepareAll(config: Config): Promise<string[]> {
  const [applied] = await Promise.all([migrate(config.databaseUrl), prepareTemporal(config.temporal)]);
  return applied;
}
