/** One persona's own world: its database, mail outbox, relay, and the ways to act in it. */
import { mailSettings } from '../activities/mail-settings.ts';
import type { ActivityDeps } from '../activities/deps.ts';
import { createTokens, type Tokens } from '../crypto/tokens.ts';
import { openRules } from '../playbook/open-rules.ts';
import { createRelay } from '../relay/relay.ts';
import { createAddressHash } from '../store/consent/address-hash.ts';
import type { StoreContext } from '../store/context.ts';
import { closeDb, createDb, type Db } from '../store/db.ts';
import { createEventRecorder } from '../store/events/record-events.ts';
import type { EventInput } from '../store/events/event-batch.ts';
import { createTracker, type Tracker } from '../store/tracking/tracker.ts';
import { type Commands, createCommands } from '../temporal/commands.ts';
import { createFastForward, type FastForward } from '../temporal/fast-forward.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import type { Studio } from './studio.ts';

/** A simulation sends nothing: there is always room. */
const NO_LIMITS = { take: () => Promise.resolve(null), close: () => Promise.resolve() };

/** A life does one thing at a time; the walk of a step and what reads along need the rest. */
const CONNECTIONS = 6;

export interface World {
  readonly db: Db;
  readonly store: StoreContext;
  readonly outbox: Outbox;
  readonly tokens: Tokens;
  readonly tracker: Tracker;
  readonly commands: Commands;
  readonly fastForward: FastForward;
  readonly deps: Omit<ActivityDeps, 'nameInDraws'>;
  /** Rings the lead's process. */
  ring(outboxIds: readonly string[]): void;
  /** Records events of the lead. */
  record(...events: EventInput[]): Promise<void>;
  close(): Promise<void>;
}

export async function openWorld(studio: Studio, name: string): Promise<World> {
  const { config, client, taskQueue, log } = studio;
  const databaseUrl = await studio.createDatabase(name);
  const db = createDb(databaseUrl, { max: CONNECTIONS });
  const rules = await openRules({ db, databaseUrl, log }).catch(async (error: unknown) => {
    await closeDb(db);
    throw error;
  });
  const store = { db, rules, realNow: () => Date.now(), hashAddress: createAddressHash(db, config.secretKeys) };
  const relay = createRelay({ db, client, taskQueue, rules, log });
  const ring = (ids: readonly string[]): void => relay.ring(ids);
  const tracker = createTracker({ databaseUrl, ctx: store, ring, log });
  const outbox = createOutbox();
  const recordEvents = createEventRecorder(store);
  const commands = createCommands({ client, taskQueue, db });
  return {
    db,
    store,
    outbox,
    tokens: createTokens(config.secretKeys),
    tracker,
    commands,
    fastForward: createFastForward({ client, namespace: config.temporal.namespace, db }),
    deps: {
      rules,
      db,
      log,
      commands,
      mail: mailSettings(config, outbox.transport),
      webhooks: outbox.webhooks,
      throttle: NO_LIMITS,
    },
    ring,
    async record(...events) {
      ring((await recordEvents(events)).ringIds);
    },
    async close() {
      await tracker.close();
      await relay.close();
      await rules.close();
      await closeDb(db);
    },
  };
}
