/** What `why` says of score, readiness, fit and value, by the API and in the words of the command line. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Why, whyInWords } from '../../src/cli/why-words.ts';
import { openApi, type Bench } from './support.ts';

const SCORING = `halfLife: 30 days
engagement:
  - { rule: viewed, event: page.viewed, points: 12 }
  - { rule: priced, event: pricing.viewed, points: 20 }
idealCustomer:
  - { criterion: size, field: companySize, ideal: { gte: 100 }, tolerance: 50, weight: 20 }
  - { criterion: trade, field: industry, ideal: [nursery], weight: 10 }
fit:
  - { rule: decides, when: { jobTitle: { contains: owner } }, points: 10 }
grades: { A: 30, B: 15, C: 0 }
bands: { hot: 50, warm: 30, mild: 10 }
readiness:
  A: { hot: ready, warm: ready, mild: soon, cold: later }
  B: { hot: ready, warm: ready, mild: soon, cold: later }
  C: { hot: soon, warm: soon, mild: later, cold: later }
  D: { hot: never, warm: never, mild: never, cold: never }
highIntent: [demo.requested]
valueTiers:
  - { tier: regular, when: { orderCount: { gte: 1 } } }
  - { tier: prospect }
`;

const playbookDir = mkdtempSync(join(tmpdir(), 'why-'));
let bench: Bench;
beforeAll(async () => {
  cpSync(join(import.meta.dirname, '../fixtures/playbook'), playbookDir, { recursive: true });
  writeFileSync(join(playbookDir, 'scoring.yaml'), SCORING);
  bench = await openApi({ playbookDir });
});
afterAll(async () => {
  await bench.close();
  rmSync(playbookDir, { recursive: true });
});

async function whyOf(leadId: string) {
  const { body } = await bench.get(`/v1/leads/${leadId}/why`);
  return {
    body,
    words: whyInWords(body as unknown as Why)
      .split('\n')
      .map((line) => line.replaceAll(/ +/g, ' ').trim()),
  };
}

test('a lead on its way: the band, what is missing to the next one, what is unknown, what it is worth', async () => {
  const leadId = await bench.lead({ companySize: 90 });
  await bench.post('/v1/events', { leadId, type: 'page.viewed' });
  const { body, words } = await whyOf(leadId);
  expect(body).toMatchObject({
    score: {
      now: 12,
      needed: null,
      band: {
        now: 'mild',
        next: { band: 'warm', points: 18, by: [{ rule: 'priced', event: 'pricing.viewed', points: 20 }] },
      },
    },
    grade: {
      grade: 'C',
      points: 12,
      rules: [{ rule: 'size', points: 12 }],
      completeness: 50,
      unknown: ['decides', 'trade'],
    },
    valueTier: 'prospect',
    qualification: { ready: false, readiness: 'later' },
  });
  expect(words).toEqual(
    expect.arrayContaining([
      'Band mild; to warm 18 points: one ‘priced’ (20) would do',
      'Grade C, 50% of what it asks about is known',
      '12 size',
      'unknown: decides, trade',
      'Value prospect',
    ]),
  );
});

test('a lead in the highest band, of the best grade: nothing is missing, and lists say how ready it is', async () => {
  const facts = { companySize: 400, industry: 'Nursery', jobTitle: 'Owner' };
  const leadId = await bench.lead(facts);
  for (const type of ['pricing.viewed', 'pricing.viewed', 'page.viewed', 'order.placed'])
    await bench.post('/v1/events', { leadId, type });
  const { body, words } = await whyOf(leadId);
  expect(body).toMatchObject({
    score: { missing: null, band: { now: 'hot', next: null } },
    grade: { grade: 'A', completeness: 100, unknown: [] },
    valueTier: 'regular',
    qualification: { ready: true, readiness: 'ready' },
  });
  expect(words).toEqual(
    expect.arrayContaining(['Band hot', 'Grade A, 100% of what it asks about is known', 'Value regular']),
  );
  expect(words.find((line) => line.startsWith('Sales'))).toMatch(/^Sales ready: /);
  expect((await bench.get(`/v1/leads/${leadId}`)).body).toMatchObject({ readiness: 'ready', valueTier: 'regular' });
});
