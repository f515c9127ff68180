import type { Playbook } from '../domain/playbook.ts';
import type { Db } from './db.ts';

/** What the queries with rules in them work with. */
export interface StoreContext {
  db: Db;
  playbook: Playbook;
  /** Real time, epoch milliseconds. A lead's own clock is derived from it, see clock.ts. */
  realNow(): number;
}
