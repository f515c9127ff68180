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

test('a key stands in the history as it is', async () => {
  const leadId = await bench.lead({ source: 'drip' });
  await bench.engine.untilStage(leadId, 'nurturing');
  expect((await bench.post(`/v1/leads/${leadId}/pause`, { reason: 'support-ticket' })).status).toBe(200);
  const history = await historyOf(leadId);
  expect(history).toContain('support-ticket');
  expect(history).toContain('"drip"');
});
