import type { HashAddress } from './consent/address-hash.ts';
import type { Db } from './db.ts';
import type { RulesInForce } from './rules/in-force.ts';

/** What queries that apply rules work with. */
export interface StoreContext {
  db: Db;
  rules: RulesInForce;
  /** Real time, epoch milliseconds. A lead's own clock is derived from it, see clock.ts. */
  realNow(): number;
  /** Keyed hash of an email address. A suppression of an erased person has only this hash. */
  hashAddress: HashAddress;
  /** An answer of a report that took so long is kept for the next who asks the same. Milliseconds. Absent: none is kept. */
  keepReportsAfterMs?: number;
  /** A page waits no longer for an answer that is kept: it says that it is being counted, which goes on. Milliseconds; absent: it waits. */
  showPagesWithinMs?: number;
  /** Nobody waits longer for an answer that is kept. Milliseconds; absent: a minute. */
  answerReportsWithinMs?: number;
}
