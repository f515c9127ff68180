/** One look at what is mailed to reps, as a process of its own that dies by SIGKILL at a chosen place. The product has no hooks for it. */
import { createRepMailWatch } from '../../src/api/rep-mail-watch.ts';
import { createDeps } from '../../src/activities/create-deps.ts';
import type { MailTransport } from '../../src/email/transport.ts';
import { openRules } from '../../src/playbook/open-rules.ts';
import { loadConfig } from '../../src/runtime/config.ts';
import { createLogger } from '../../src/runtime/log.ts';
import { createDb, type Db } from '../../src/store/db.ts';

export const LIST_FAULTS = {
  'before-row': 'the list is read, its row is not written',
  claimed: 'the row is written, SMTP has not begun',
  accepted: 'SMTP took the list, the outcome is not written',
  settled: 'the outcome is written',
} as const;
export type ListFault = keyof typeof LIST_FAULTS;

function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => {});
}

function faultyTransport(inner: MailTransport, fault: ListFault): MailTransport {
  return {
    ...inner,
    send: async (message) => {
      if (fault === 'claimed') return die();
      const outcome = await inner.send(message);
      return fault === 'accepted' ? die() : outcome;
    },
  };
}

function faultyDb(db: Db, fault: ListFault): Db {
  const repMail = new Proxy(db.repMail, {
    get(target, key) {
      if (key === 'createMany' && fault === 'before-row') return die;
      if (key === 'updateMany' && fault === 'settled')
        return async (change: Parameters<typeof target.updateMany>[0]) => {
          await target.updateMany(change);
          return die();
        };
      return Reflect.get(target, key, target) as unknown;
    },
  });
  return new Proxy(db, {
    get: (target, key) => (key === 'repMail' ? repMail : (Reflect.get(target, key, target) as unknown)),
  });
}

if (import.meta.main) {
  const config = loadConfig(process.env);
  const log = createLogger(config, 'test');
  const db = createDb(config.databaseUrl, { max: 5 });
  const rules = await openRules({ db, databaseUrl: config.databaseUrl, log });
  const { deps } = createDeps(config, { db, rules, log });
  const fault = process.env['FAULT'] as ListFault;
  const { from, publicUrl, transport } = deps.mail;
  const mail = { from, publicUrl, transport: faultyTransport(transport, fault) };
  const realNow = (): number => Number(process.env['NOW']);
  await createRepMailWatch({ db: faultyDb(db, fault), rules, log, mail, realNow }).runNow();
  process.exit(0);
}
