import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Cadence } from '../../src/domain/cadence.ts';
import { syncPlaybook } from '../../src/store/rules/sync-playbook.ts';
import { openBench, PLAYBOOK, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const cadence = { cadence: 'ebook', name: 'Ebook', steps: [] } as unknown as Cadence;

async function sync(hash: string, playbook = PLAYBOOK) {
  const template = { key: 'guide', hash: `t-${hash}`, source: { mjml: '<mjml/>' } };
  const cadences = [{ cadence, hash, templates: { guide: `t-${hash}` } }];
  return (await syncPlaybook(bench.db, { playbook, templates: [template], cadences })).get('ebook');
}

describe('syncPlaybook', () => {
  it('numbers new contents, also of processes that start together, and finds old ones again', async () => {
    const together = await Promise.all([sync('h1'), sync('h1'), sync('h1'), sync('h1')]);
    expect(new Set(together.map((revision) => revision?.revisionId)).size).toBe(1);
    expect(together.filter((revision) => revision?.isNew)).toHaveLength(1);
    const [second, third] = await Promise.all([sync('h2'), sync('h3')]);
    expect(new Set([second?.number, third?.number])).toEqual(new Set([2, 3]));
    expect(await sync('h1')).toMatchObject({ number: 1, isNew: false });
    expect(await bench.db.templateRevision.count()).toBe(3);
  });

  it('keeps the id and the turn of a rep; one that is gone is inactive', async () => {
    await sync('h1');
    const before = await bench.db.rep.findUniqueOrThrow({ where: { key: 'ada' } });
    await bench.db.rep.update({ where: { key: 'ada' }, data: { lastOfferedAt: new Date(bench.now) } });
    const { routing } = PLAYBOOK;
    const reps = routing.reps.filter(({ rep }) => rep === 'ada').map((rep) => ({ ...rep, name: 'Ada L.' }));
    await sync('h1', { ...PLAYBOOK, routing: { ...routing, reps } });
    expect(await bench.db.rep.findMany({ orderBy: { key: 'asc' } })).toMatchObject([
      { id: before.id, name: 'Ada L.', active: true, teams: ['inside'], lastOfferedAt: new Date(bench.now) },
      { key: 'ben', active: false },
    ]);
  });
});
