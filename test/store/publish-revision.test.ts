import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Playbook } from '../../src/domain/playbook.ts';
import type { Publisher } from '../../src/store/rules/publish-revision.ts';
import { newestRevision, readRules } from '../../src/store/rules/read-rules.ts';
import { stopAt } from '../support/stop-at.ts';
import { publishContent } from './publish-content.ts';
import { PLAYBOOK_VERSION } from '../../src/store/stored/playbook.ts';
import { openBench, PLAYBOOK, type Bench, untilWaiting } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const publish = (text: string, playbook?: Partial<Playbook>, publisher?: Partial<Publisher>) =>
  publishContent(bench.db, text, playbook, publisher);

const cadenceRevisionOf = async (revision: number) => {
  const id = (await readRules(bench.db, revision)).cadences.get('ebook') ?? '';
  return (await bench.db.cadenceRevision.findUniqueOrThrow({ where: { id } })).number;
};

describe('publishing', () => {
  it('makes one revision of the same content, however many publish it at once and again', async () => {
    const before = await newestRevision(bench.db);
    using locked = stopAt('publish.locked', 'ben');
    const first = publish('h1', {}, { author: 'ben' });
    await locked.reached;
    const later = [1, 2, 3].map(() => publish('h1'));
    await untilWaiting(bench.db, 3);
    locked.go();
    const together = [await first, ...(await Promise.all(later))];
    expect(together.map(({ revision }) => revision)).toEqual([1, 1, 1, 1].map((one) => before + one));
    expect(together.map(({ changes }) => changes.length > 0)).toEqual([true, false, false, false]);
    expect(await publish('h1')).toEqual({ revision: before + 1, changes: [], runs: [] });
  });

  it('says what changed against the revision before', async () => {
    const { revision } = await publish('h1');
    expect(await publish('h2')).toEqual({
      revision: revision + 1,
      changes: [{ file: 'templates/guide.mjml', change: 'changed' }],
      runs: [],
    });
    expect((await publish('h2', { cadences: [], defaultTimeZone: 'Europe/Berlin' })).changes).toEqual([
      { file: 'cadences/ebook.yaml', change: 'gone' },
      { file: 'settings.yaml', change: 'changed' },
    ]);
    expect((await publish('h2', { defaultTimeZone: 'Europe/Berlin' })).changes).toEqual([
      { file: 'cadences/ebook.yaml', change: 'new' },
    ]);
  });

  it('goes back to the revision of a cadence that had this content, under a new number of the playbook', async () => {
    const first = await publish('back-1');
    const second = await publish('back-2', {}, { author: 'ben' });
    await expect(publish('back-1')).rejects.toMatchObject({
      code: 'PLAYBOOK_EARLIER',
      message: expect.stringMatching(
        new RegExp(
          `say what playbook revision ${first.revision} says \\(by ada, 20.*UTC\\). The newest is ${second.revision} \\(by ben, 20.*--again`,
        ),
      ),
    });
    expect(await newestRevision(bench.db)).toBe(second.revision);
    const third = await publish('back-1', {}, { again: true });
    expect([second.revision, third.revision]).toEqual([first.revision + 1, first.revision + 2]);
    expect(await cadenceRevisionOf(third.revision)).toBe(await cadenceRevisionOf(first.revision));
    expect(await cadenceRevisionOf(second.revision)).toBe((await cadenceRevisionOf(first.revision)) + 1);
  });

  it('goes back as well for who names the newest as the base; and finds what an older version of the engine stored', async () => {
    const first = await publish('meant-1');
    const second = await publish('meant-2');
    expect(await publish('meant-1', {}, { base: second.revision })).toMatchObject({ revision: second.revision + 1 });
    await publish('meant-3');
    // As an older version wrote it: another shape, and so another hash.
    await bench.db.playbookRevision.updateMany({
      where: { number: { in: [first.revision, second.revision + 1] } },
      data: { hash: 'of another shape', formatVersion: PLAYBOOK_VERSION - 1 },
    });
    await expect(publish('meant-1')).rejects.toMatchObject({ code: 'PLAYBOOK_EARLIER' });
  });

  it('keeps who published, why, and when by the clock of the database', async () => {
    const { revision } = await publish('who', {}, { author: 'ben', note: 'for the fair' });
    const row = await bench.db.playbookRevision.findUniqueOrThrow({ where: { number: revision } });
    expect(row).toMatchObject({ author: 'ben', note: 'for the fair', formatVersion: PLAYBOOK_VERSION });
    const [clock] = await bench.db.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
    expect(Math.abs(row.publishedAt.getTime() - (clock?.now.getTime() ?? 0))).toBeLessThan(60_000);
  });

  it('is refused when its base is no longer the newest revision, and writes nothing then', async () => {
    const { revision } = await publish('base-1');
    await publish('base-2');
    await expect(publish('base-3', {}, { base: revision })).rejects.toMatchObject({ code: 'PLAYBOOK_OUTDATED' });
    expect(await newestRevision(bench.db)).toBe(revision + 1);
    expect(await publish('base-3', {}, { base: revision + 1 })).toMatchObject({ revision: revision + 2 });
  });

  it('is refused when a newer version of the engine published the newest revision: what this version cannot read would be lost', async () => {
    const { revision } = await publish('newer-1');
    const stored = (version: number) =>
      bench.db
        .$executeRaw`UPDATE playbook_revisions SET rules = jsonb_set(rules, '{version}', ${String(version)}::jsonb) WHERE number = ${revision}`;
    await stored(999);
    await expect(publish('newer-2')).rejects.toMatchObject({ code: 'STORED_BY_NEWER' });
    await stored(1);
    expect(await publish('newer-2')).toMatchObject({ revision: revision + 1 });
  });

  it('refuses content that could not be read again', async () => {
    const odd = { ...PLAYBOOK.scoring, colour: 'blue' };
    await expect(publish('odd', { scoring: odd })).rejects.toThrow(/scoring.*colour/);
  });
});

describe('reps', () => {
  const byKey = { orderBy: { key: 'asc' } } as const;

  it('keep their id and the time of their last offer; a rep who is gone from the file is no longer in the playbook', async () => {
    await publish('reps-1');
    const before = await bench.db.rep.findUniqueOrThrow({ where: { key: 'ada' } });
    await bench.db.rep.update({ where: { key: 'ada' }, data: { lastOfferedAt: new Date(bench.now) } });
    const { routing } = PLAYBOOK;
    const reps = routing.reps.filter(({ rep }) => rep === 'ada').map((rep) => ({ ...rep, name: 'Ada L.' }));
    await publish('reps-1', { routing: { ...routing, reps } });
    expect(await bench.db.rep.findMany(byKey)).toMatchObject([
      { id: before.id, name: 'Ada L.', inPlaybook: true, teams: ['inside'], lastOfferedAt: new Date(bench.now) },
      { key: 'ben', inPlaybook: false },
    ]);
    await publish('reps-1', {}, { again: true });
    expect(await bench.db.rep.findMany(byKey)).toMatchObject([{ name: 'Ada' }, { key: 'ben', inPlaybook: true }]);
  });

  it('a rep whom a person switched off stays switched off, whatever is published', async () => {
    await publish('off-1');
    await bench.db.rep.update({ where: { key: 'ben' }, data: { active: false } });
    await publish('off-2');
    expect(await bench.db.rep.findUnique({ where: { key: 'ben' } })).toMatchObject({ active: false, inPlaybook: true });
    await bench.db.rep.update({ where: { key: 'ben' }, data: { active: true } });
  });
});
