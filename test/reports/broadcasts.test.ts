/** Broadcasts and newsletters: their figures, counted again from what was written, and the leads behind each. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chanceThatLarger } from '../../src/domain/compare-shares.ts';
import { newId } from '../../src/domain/ids.ts';
import { REACTIONS } from '../../src/domain/mail-reactions.ts';
import { readAsk } from '../../src/reports/ask.ts';
import { countBehind, readReport } from '../../src/reports/read.ts';
import { reportNamed } from '../../src/reports/registry.ts';
import { figureOf, type Section } from '../../src/reports/report.ts';
import { openApi, type Bench } from '../api/support.ts';
import { type MailOfBroadcast, writeBroadcasts } from '../support/broadcast-mails.ts';

const LEADS = 240;
const DAY_MS = 86_400_000;
const NOW = new Date();

let bench: Bench;
let mails: MailOfBroadcast[];
const complained = new Set<string>();
const fromExpo = new Set<string>();
beforeAll(async () => {
  bench = await openApi();
  const ids: string[] = [];
  for (let n = 0; n < LEADS; n += 1) ids.push(await leadFrom(n % 3 === 0 ? 'expo' : 'web', n));
  mails = await writeBroadcasts(bench.db, ids, { at: NOW, seed: 11 });
  // One of them before there was any message, which is no answer to one.
  for (const [n, leadId] of ids.slice(0, 9).entries()) {
    const occurredAt = n === 0 ? new Date(NOW.getTime() - 30 * DAY_MS) : NOW;
    if (n > 0) complained.add(leadId);
    await bench.db.suppression.create({
      data: { email: `${n}@complaint.example`, leadId, reason: 'complaint', source: 'test', occurredAt },
    });
  }
});
afterAll(() => bench.close());

async function leadFrom(source: string, n: number): Promise<string> {
  const [id, needId, at] = [newId('lead'), newId('need'), new Date(NOW.getTime() - 20 * DAY_MS)];
  await bench.db.lead.create({ data: { id, needId, email: `${n}@broadcast-${n}.example`, source, scoreAt: at } });
  await bench.db.need.create({ data: { id: needId, leadId: id, openedAt: at } });
  await bench.db.touch.create({
    data: { id: newId('touch'), leadId: id, needId, isFirst: true, source, how: 'form', occurredAt: at },
  });
  if (source === 'expo') fromExpo.add(id);
  return id;
}

async function read(words: Record<string, string> = {}, key = bench.keys.marketer): Promise<Section[]> {
  const query = new URLSearchParams(words).toString();
  const { status, body, text } = await bench.get(`/v1/reports/broadcasts?${query}`, key);
  expect(status, text).toBe(200);
  return body['sections'] as Section[];
}

const did = ({ deeds }: MailOfBroadcast, ...which: string[]): boolean => deeds.some((deed) => which.includes(deed));

function recount(of: readonly MailOfBroadcast[]) {
  const sent = of.filter(({ status }) => status === 'sent');
  const count = (which: (mail: MailOfBroadcast) => boolean): number => sent.filter(which).length;
  const untracked = count(({ untracked: what }) => what === 'all');
  const clicked = count((mail) => did(mail, 'clicked'));
  return {
    sent: sent.length,
    delivered: count((mail) => mail.delivery !== 'bounced' && !did(mail, 'bounced')),
    clicked,
    untracked,
    clickRate: clicked / (sent.length - untracked),
    replied: count((mail) => did(mail, 'replied')),
    unsubscribed: count((mail) => did(mail, 'unsubscribed')),
    complained: count(({ leadId }) => complained.has(leadId)),
    bounced: count((mail) => did(mail, 'bounced')),
    failed: of.filter(({ status }) => status === 'failed').length,
    skipped: of.filter(({ status }) => status === 'skipped').length,
    suspect: count((mail) => did(mail, 'suspect') && !did(mail, 'clicked')),
    machine: count((mail) => did(mail, 'machine') && !did(mail, 'suspect', 'clicked')),
  };
}

test('each broadcast, each variant and each newsletter has the figures of its messages, by people alone', async () => {
  const [broadcasts, variants, newsletters] = await read();
  const of = (which: (mail: MailOfBroadcast) => boolean) => recount(mails.filter(which));
  expect(broadcasts?.rows.map(({ cells }) => [cells['name'], cells['newsletter']])).toEqual([
    ['offer', ''],
    ['summer-news', 'monthly'],
    ['spring-news', 'monthly'],
  ]);
  for (const { cells } of broadcasts?.rows ?? [])
    expect(cells, String(cells['name'])).toMatchObject(of(({ broadcast }) => broadcast === cells['name']));
  expect(broadcasts?.total?.cells).toMatchObject({ name: 'All', ...recount(mails) });
  expect(recount(mails).complained).toBeGreaterThan(8);
  expect(variants?.rows.map(({ cells }) => [cells['name'], cells['subject']])).toEqual([
    ['offer: a', 'Words a'],
    ['offer: b, the rest got it', 'Words b'],
  ]);
  const ofArm = (arm: string) => of(({ broadcast, variant }) => broadcast === 'offer' && variant === arm);
  expect(variants?.rows.map(({ cells }) => cells)).toMatchObject([ofArm('a'), ofArm('b')]);
  const [a, b] = [ofArm('a'), ofArm('b')].map((arm) => ({ cases: arm.clicked, of: arm.sent - arm.untracked }));
  const sure = chanceThatLarger(b ?? { cases: 0, of: 1 }, a ?? { cases: 0, of: 1 });
  const verdict = sure >= 0.95 ? /^better than a, / : sure <= 0.05 ? /^worse than a, / : /^not known yet/;
  expect(variants?.rows[1]?.cells['verdict']).toMatch(verdict);
  expect(newsletters?.rows.map(({ cells }) => cells)).toMatchObject([
    { name: 'monthly', issues: '2', ...of(({ newsletter }) => newsletter === 'monthly') },
  ]);
});

test('what the rest got counts neither among what was tried nor for the verdict', async () => {
  const { id } = await bench.db.broadcast.findFirstOrThrow({ where: { key: 'offer' } });
  const before = (await read())[1]?.rows.map(({ cells }) => cells) ?? [];
  const ids: string[] = [];
  for (let n = 0; n < 40; n += 1) ids.push(await leadFrom('web', LEADS + n));
  const triedAt = new Date(Date.now() + 60_000);
  await bench.db.broadcast.update({ where: { id }, data: { triedAt } });
  try {
    await bench.db.send.createMany({
      data: ids.map((leadId) => ({
        id: newId('send'),
        key: `broadcast:${id}:${leadId}`,
        broadcastId: id,
        leadId,
        variant: 'b',
        status: 'sent' as const,
        occurredAt: NOW,
        recordedAt: new Date(triedAt.getTime() + 60_000),
        templateKey: 'news',
        attempt: 'test',
        reactions: REACTIONS.clicked,
      })),
    });
    const rows = (await read())[1]?.rows ?? [];
    expect(rows.slice(0, 2).map(({ cells }) => cells)).toEqual(before);
    expect(rows[2]).toMatchObject({
      rowKey: `rest|${id}|b`,
      cells: { name: 'offer: b, the rest', sent: ids.length, verdict: '' },
    });
  } finally {
    await bench.db.send.deleteMany({ where: { leadId: { in: ids } } });
    await bench.db.broadcast.update({ where: { id }, data: { triedAt: null } });
  }
});

test('behind each figure are the recipients that it counts', async () => {
  const report = reportNamed('broadcasts');
  const { playbook } = bench.deps.store.rules.current();
  const asked = readAsk(report, {}, { scope: { kind: 'all' }, playbook, realNowMs: Date.now() });
  let looked = 0;
  for (const { columns, rows, total } of await readReport(bench.db, report, asked))
    for (const row of [...rows, ...(total === undefined ? [] : [total])])
      for (const column of columns.filter(({ hasLeads }) => hasLeads === true)) {
        const figure = figureOf(row, column);
        const behind = await countBehind(bench.db, report, asked, { figure, group: row.group });
        const counted = column.unit === 'share' ? row.cells['clicked'] : row.cells[column.key];
        expect(behind?.counted, figure).toBe(counted);
        looked += 1;
      }
  expect(looked).toBeGreaterThan(70);
  const id = (await bench.db.broadcast.findFirstOrThrow({ where: { key: 'offer' } })).id;
  const { body } = await bench.get(
    `/v1/reports/broadcasts/leads?figure=${encodeURIComponent(`replied|variant|${id}|b`)}&limit=200`,
    bench.keys.marketer,
  );
  const replied = mails.filter(
    (mail) => mail.broadcast === 'offer' && mail.variant === 'b' && did(mail, 'replied') && mail.status === 'sent',
  );
  expect(body.items?.map(({ id: leadId }) => leadId).toSorted()).toEqual(
    replied.map(({ leadId }) => leadId).toSorted(),
  );
  const none = await bench.get('/v1/reports/broadcasts/leads?figure=constructor%7Call%7C', bench.keys.marketer);
  expect(none.status).toBe(404);
});

test('narrowed, it counts messages to leads of whom a need fits; a rep sees those to their own leads; a period those of its days', async () => {
  const [some] = await read({ source: 'expo' });
  expect(some?.total?.cells).toMatchObject(recount(mails.filter(({ leadId }) => fromExpo.has(leadId))));
  const [none] = await read({}, bench.keys.rep);
  expect(none).toMatchObject({ rows: [] });
  const [before] = await read({ since: '2020-01-01', until: '2020-12-31' });
  expect(before).toMatchObject({ rows: [] });
});
