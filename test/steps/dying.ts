/** Activities that die in their first attempt, in the middle of what they do. */
import { activityInfo } from '@temporalio/activity';
import type { ActivityDeps } from '../../src/activities/deps.ts';
import type { Db } from '../../src/store/db.ts';

/**
 * before-commit: the first transaction of an activity is lost with all that it did.
 * after-commit: what it did stands, and nobody hears of it; a message that it claimed is not handed over.
 * after-effect: the message has been handed over, and its outcome is not written.
 */
export type Death = 'before-commit' | 'after-commit' | 'after-effect';

/** Every activity that comes to the place of its death is tried twice: it dies there in its first attempt. */
export function dyingOnce(deps: ActivityDeps, death: Death): ActivityDeps {
  return death === 'after-effect' ? dyingAtEffect(deps) : dyingAtCommit(deps, death);
}

function dyingAtEffect(deps: ActivityDeps): ActivityDeps {
  const { transport } = deps.mail;
  const send: typeof transport.send = async (message) => {
    const outcome = await transport.send(message);
    if (activityInfo().attempt > 1) return outcome;
    throw new Error('The attempt dies before it has written the outcome');
  };
  const { webhooks } = deps;
  const post: typeof webhooks.post = async (message) => {
    const outcome = await webhooks.post(message);
    if (activityInfo().attempt > 1) return outcome;
    throw new Error('The attempt dies before it has written the outcome');
  };
  return { ...deps, mail: { ...deps.mail, transport: { ...transport, send } }, webhooks: { ...webhooks, post } };
}

function dyingAtCommit(deps: ActivityDeps, death: Death): ActivityDeps {
  const begin = deps.db.$transaction.bind(deps.db) as (
    work: (tx: unknown) => Promise<unknown>,
    options?: object,
  ) => Promise<unknown>;
  const transaction: typeof begin = async (work, options) => {
    if (activityInfo().attempt > 1) return begin(work, options);
    await begin(async (tx) => {
      await work(tx);
      if (death === 'before-commit') throw new Error('The attempt dies before it commits');
    }, options);
    throw new Error('The attempt dies after it has committed');
  };
  const db = new Proxy(deps.db, {
    get(target, name) {
      const value: unknown = name === '$transaction' ? transaction : Reflect.get(target, name, target);
      return typeof value === 'function' && name !== '$transaction' ? (value.bind(target) as unknown) : value;
    },
  });
  return { ...deps, db: db as Db };
}
