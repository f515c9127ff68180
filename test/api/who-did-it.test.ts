/** Who settled, started, paused or closed something is named, by the API and by the command line, which show no id in place of a name. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inboundShow } from '../../src/cli/inbound-mails.ts';
import { newsletterChange, newsletterList } from '../../src/cli/newsletter.ts';
import { playbookList } from '../../src/cli/playbook-list.ts';
import { runsShow } from '../../src/cli/runs.ts';
import { newId } from '../../src/domain/ids.ts';
import type { Config } from '../../src/runtime/config.ts';
import { startRun } from '../../src/store/bulk/runs.ts';
import { markWithoutRevision } from '../../src/store/bulk/without-revision.ts';
import { playbookWith } from '../crash/playbook.ts';
import { openApi, type Bench } from './support.ts';

const NEWSLETTERS = 'our-news: { template: plain, when: { source: nobody }, send: { days: tue, at: "09:00" } }\n';

let bench: Bench;
let folder: { dir: string; remove(): Promise<void> };
let config: Config;
let keyId: string;
beforeAll(async () => {
  folder = await playbookWith({}, { 'newsletters.yaml': NEWSLETTERS });
  bench = await openApi({ playbookDir: folder.dir });
  config = { ...bench.engine.config, client: { url: bench.base, key: bench.keys.operator } };
  keyId = (await bench.db.apiKey.findFirstOrThrow({ where: { role: 'operator' } })).id;
});
afterAll(async () => {
  await bench?.close();
  await folder?.remove();
});

const KEY = 'API key ‘operator’';
const asKey = () => ({ kind: 'key', id: keyId, name: 'operator' });

test('who settled a mail that came back', async () => {
  const id = newId('inboundMail');
  const data = { id, digest: id, verdict: 'unreadable', did: 'kept', receivedAt: new Date() };
  await bench.db.inboundMail.create({ data });
  const before = await bench.get(`/v1/inbound-mails/${id}`, bench.keys.operator);
  expect(before.body).toMatchObject({ settledBy: null, settler: null });
  expect((await inboundShow(config, id)).text).toMatch(/Settled +no$/m);
  const settled = await bench.post(`/v1/inbound-mails/${id}/dismiss`, undefined, bench.keys.operator);
  expect(settled.body).toMatchObject({ settledBy: keyId, settler: asKey() });
  const listed = (await bench.get('/v1/inbound-mails', bench.keys.operator)).body.items ?? [];
  expect(listed.find((one) => one['id'] === id)).toMatchObject({ settler: asKey() });
  const { text } = await inboundShow(config, id);
  expect(text).toMatch(new RegExp(`Settled +\\S+ by ${KEY}$`, 'm'));
  expect(text).not.toContain(keyId);
});

test('who started a run: a key by its name, a person in a terminal as they are called there', async () => {
  const begin = (by: string) => startRun(bench.db, { kind: 'resume', params: {}, rate: 1, total: 1, by });
  const [ofKey, ofAnna] = [await begin(keyId), await begin('anna')];
  await bench.db.$transaction((tx) => markWithoutRevision(tx, [ofKey, ofAnna]));
  expect((await bench.get(`/v1/bulk-runs/${ofKey}`)).body).toMatchObject({ startedBy: keyId, starter: asKey() });
  const listed = (await bench.get('/v1/bulk-runs')).body.items ?? [];
  expect(listed.find(({ id }) => id === ofAnna)).toMatchObject({ starter: { kind: 'user', id: null, name: 'anna' } });
  expect((await runsShow(config, ofKey)).text).toMatch(new RegExp(`^Started +\\S+ by ${KEY}$`, 'm'));
  expect((await runsShow(config, ofAnna)).text).toMatch(/^Started +\S+ by anna$/m);
  const { text } = await playbookList(config);
  expect(text).toMatch(new RegExp(`none new .* ${KEY} .*${ofKey}`));
  expect(text).toMatch(new RegExp(`none new .* anna .*${ofAnna}`));
  expect(text).not.toContain(keyId);
});

test('who paused a newsletter', async () => {
  const { data, text } = await newsletterChange(config, 'our-news', 'pause');
  expect(data).toMatchObject({ pausedBy: keyId, pauser: asKey() });
  expect(text).toContain(`paused by ${KEY}`);
  expect((await newsletterList(config)).text).toContain(`paused by ${KEY}`);
  expect((await newsletterChange(config, 'our-news', 'resume')).data).toMatchObject({ pausedBy: null, pauser: null });
});

test('who planned and who started a broadcast', async () => {
  const at = new Date(Date.now() + 86_400_000).toISOString();
  const plan = { key: 'spring', template: 'plain', when: { source: 'nobody' }, schedule: { at } };
  const planned = await bench.post('/v1/broadcasts', plan, bench.keys.operator);
  expect(planned.body).toMatchObject({ creator: asKey(), startedBy: null, starter: null });
  await bench.post('/v1/broadcasts/spring/preview', undefined, bench.keys.operator);
  await bench.post('/v1/broadcasts/spring/start', undefined, bench.keys.marketer);
  const [listed] = (await bench.get('/v1/broadcasts')).body.items ?? [];
  expect(listed).toMatchObject({ key: 'spring', creator: asKey(), starter: { kind: 'key', name: 'marketer' } });
});

test('who closed a task', async () => {
  const [id, at] = [newId('task'), new Date()];
  const given = { kind: 'call', body: 'Call', dueAt: at, tellAt: at, occurredAt: at };
  const leadId = await bench.lead();
  await bench.db.task.create({ data: { id, key: id, leadId, repId: bench.reps['ada'] ?? '', ...given } });
  const open = (await bench.get(`/v1/tasks?lead=${leadId}`)).body.items;
  expect(open).toMatchObject([{ closedBy: null, closer: null }]);
  const closed = await bench.post(`/v1/tasks/${id}/cancel`, {}, bench.keys.rep);
  const ada = { kind: 'rep', id: bench.reps['ada'], key: 'ada', name: expect.any(String) };
  expect(closed.body).toMatchObject({ closedBy: bench.reps['ada'], closer: ada });
  expect((await bench.get(`/v1/tasks?lead=${leadId}`)).body.items).toMatchObject([{ closer: ada }]);
});
