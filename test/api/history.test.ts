/** What people write stays in the database: neither a process's history nor its search attributes have it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApi, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi({ worker: true });
});
afterAll(() => bench.close());

/** Every payload of the history and of the search attributes, as text. */
async function historyOf(leadId: string): Promise<string> {
  const handle = bench.engine.handle(leadId);
  const [history, described] = await Promise.all([handle.fetchHistory(), handle.describe()]);
  return `${decoded(JSON.parse(JSON.stringify(history))).join('\n')}\n${JSON.stringify(described.typedSearchAttributes.getAll())}`;
}

function decoded(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const bytes = 'data' in value ? value.data : undefined;
  if (typeof bytes === 'string') return [Buffer.from(bytes, 'base64').toString('utf8')];
  if (typeof bytes === 'object' && bytes !== null)
    return [Buffer.from(Object.values(bytes) as number[]).toString('utf8')];
  return Object.values(value).flatMap(decoded);
}

test('a source and a reason in words are read in the database alone', async () => {
  const source = 'Anna Schmidt, 0170 1234567';
  const leadId = await bench.lead({ source });
  await bench.engine.until(
    () => bench.engine.lead(leadId),
    ({ stage }) => stage !== 'new',
  );
  const paused = await bench.post(`/v1/leads/${leadId}/pause`, {
    reason: 'Frau Schmidt ist verreist, anna＠firm.example',
  });
  expect(paused.status, paused.text).toBe(200);
  const read = (await bench.get(`/v1/leads/${leadId}`)).body;
  expect(read).toMatchObject({ source, pausedReason: 'Frau Schmidt ist verreist, anna＠firm.example' });
  const history = await historyOf(leadId);
  expect(history).toContain(leadId);
  expect(history).toContain('"other"');
  expect(history).not.toMatch(/Schmidt|Anna|anna|1234567|verreist/);
  const titles = ((await bench.get(`/v1/leads/${leadId}/timeline`)).body.items ?? []).map(({ title }) => String(title));
  expect(titles.join('\n')).toMatch(/Paused/);
});

test('a reason that people may choose stands in the history as it is, a name written like a key does not', async () => {
  const leadId = await bench.lead({ source: 'drip' });
  await bench.engine.untilStage(leadId, 'nurturing');
  expect((await bench.post(`/v1/leads/${leadId}/pause`, { reason: 'too-early' })).status).toBe(200);
  expect((await bench.post(`/v1/leads/${leadId}/resume`)).status).toBe(200);
  expect((await bench.post(`/v1/leads/${leadId}/pause`, { reason: 'eva-muster' })).status).toBe(200);
  expect((await bench.get(`/v1/leads/${leadId}`)).body['pausedReason']).toBe('eva-muster');
  const named = await bench.post(`/v1/leads/${leadId}/disqualify`, { reason: 'eva-muster' });
  expect(named).toMatchObject({ status: 400, body: { errors: [{ path: 'reason' }] } });
  expect(named.text).toContain('must be one of spam, invalid, competitor, duplicate');
  const history = await historyOf(leadId);
  expect(history).toContain('too-early');
  expect(history).toContain('"drip"');
  expect(history).not.toContain('eva-muster');
});

test('a pause of many leads with a reason in words: each has it, and no history', async () => {
  const leadId = await bench.lead({ source: 'many-are-paused' });
  await bench.engine.untilStage(leadId, 'dormant');
  const reason = 'Eva Muster asked for it';
  const begun = await bench.post('/v1/bulk-runs', {
    command: { kind: 'pause', reason },
    when: { source: 'many-are-paused' },
    preview: false,
    rate: 1_000,
  });
  expect(begun.status, begun.text).toBe(202);
  await bench.engine.until(
    () => bench.engine.lead(leadId),
    (lead) => lead.pausedAt !== null,
  );
  expect(await bench.engine.lead(leadId)).toMatchObject({ pausedReason: reason });
  expect(await historyOf(leadId)).not.toMatch(/Eva|Muster/);
});
