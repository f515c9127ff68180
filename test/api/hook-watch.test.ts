/** How often the watch that tells other programs of hand-offs looks for something to tell. */
import { expect, it } from 'vitest';
import { createHookWatch } from '../../src/api/hook-watch.ts';
import type { Db } from '../../src/store/db.ts';
import type { RulesInForce } from '../../src/store/rules/in-force.ts';

it('looks seldom while no team has a program to tell, and often from the moment on when one has', async () => {
  let looks = 0;
  let turns = 0;
  let teams: { webhook?: object }[] = [{}];
  const rules = {
    current: () => {
      turns += 1;
      return { playbook: { routing: { teams } } };
    },
  } as unknown as RulesInForce;
  const db = {
    $transaction: async () => {
      looks += 1;
      return null;
    },
  } as unknown as Db;
  const webhooks = { post: async () => Promise.reject(new Error('There is nothing to tell')), close: async () => {} };
  const watch = createHookWatch({ db, rules, webhooks, log: { warn: () => {} }, publicUrl: 'http://x', everyMs: 1 });
  await expect.poll(() => turns).toBeGreaterThan(20);
  // What an earlier playbook left was looked for once.
  expect(looks).toBe(1);
  teams = [{}, { webhook: {} }];
  await expect.poll(() => looks).toBeGreaterThan(5);
  await watch.close();
});
