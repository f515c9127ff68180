/** What a person found out about a lead outranks rules and forms until it is too old. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Why, whyInWords } from '../../src/cli/why-words.ts';
import { endAssessments } from '../../src/store/scoring/assessments-over.ts';
import { openApi, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi({ worker: true });
});
afterAll(() => bench.close());

const DAY_MS = 86_400_000;
const row = (id: string) => bench.db.lead.findUniqueOrThrow({ where: { id } });

async function withNeed(email: string): Promise<string> {
  const leadId = await bench.lead({ email, source: 'drip', country: 'IT' });
  await expect.poll(async () => (await row(leadId)).needId).not.toBeNull();
  return leadId;
}

test('a grade, facts of the need and points outrank a later form, and fall back to the rules when they are too old', async () => {
  const leadId = await withNeed('mia@assessed-one.example');
  const given = {
    grade: 'B',
    budget: 'known',
    need: 'no',
    maturity: 'evaluating',
    points: 20,
    note: 'Met at the fair.',
  };
  const answer = await bench.post(`/v1/leads/${leadId}/assessments`, given);
  expect(answer.status, answer.text).toBe(201);
  expect(answer.body).toMatchObject({
    grade: 'B',
    gradedBy: 'person',
    score: 20,
    readiness: 'soon',
    qualified: false,
    need: { maturity: 'evaluating', bant: { budget: 'known', authority: 'unknown', need: 'no', timing: 'unknown' } },
  });
  expect(Date.parse(String(answer.body['until']))).toBeCloseTo(Date.now() + 90 * DAY_MS, -5);

  // The rules would give an A for an owner, and the form says another budget.
  const form = {
    email: 'mia@assessed-one.example',
    jobTitle: 'Owner',
    need: { budget: 'no', authority: 'known', maturity: 'researching' },
  };
  expect((await bench.post('/v1/leads', form)).status).toBe(200);
  const need = () => bench.db.need.findFirstOrThrow({ where: { leadId } });
  await expect.poll(async () => (await need()).authority).toBe('known');
  expect(await need()).toMatchObject({ budget: 'known', maturity: 'evaluating' });
  expect(await row(leadId)).toMatchObject({ fitGrade: 'B', fitPoints: 30 });
  const { body: why } = await bench.get(`/v1/leads/${leadId}/why`);
  expect(why['grade']).toMatchObject({ grade: 'B', points: 30, assessed: { grade: 'B' } });
  expect(whyInWords(why as unknown as Why)).toMatch(/Grade +B as a person assessed, until 20/);
  const timeline = await bench.get(`/v1/leads/${leadId}/timeline`);
  expect(timeline.body.items?.map(({ title }) => title)).toEqual(
    expect.arrayContaining([expect.stringContaining('Assessed: grade B, maturity, budget, need, +20 points')]),
  );
  expect((await bench.get(`/v1/leads/${leadId}/activities`)).body.items).toMatchObject([{ body: 'Met at the fair.' }]);

  const end = (days: number) =>
    endAssessments(bench.db, {
      after: '',
      limit: 10,
      rules: bench.engine.store.rules.current(),
      realNowMs: Date.now() + days * DAY_MS,
    });
  await end(89);
  expect(await row(leadId)).toMatchObject({ fitGrade: 'B' });
  await end(91);
  expect(await row(leadId)).toMatchObject({ fitGrade: 'A', assessed: null });
  // The index of the sweep holds those alone whose grade a person gave.
  expect(await bench.db.$queryRaw`SELECT id FROM leads WHERE assessed IS NOT NULL`).toEqual([]);
  const [graded] = await bench.db.audit.findMany({ where: { leadId, action: 'lead.graded' }, orderBy: { id: 'desc' } });
  expect(graded?.data).toMatchObject({ from: 'B', to: 'A' });
});

test('a lead may qualify by it, and a grade can be given back to the rules', async () => {
  const leadId = await withNeed('ove@assessed-two.example');
  const first = await bench.post(`/v1/leads/${leadId}/assessments`, { grade: 'D' });
  expect(first.body).toMatchObject({ grade: 'D', gradedBy: 'person', readiness: 'never' });
  const second = await bench.post(`/v1/leads/${leadId}/assessments`, { grade: null });
  expect(second.body).toMatchObject({ grade: 'C', gradedBy: 'rules' });
  const third = await bench.post(`/v1/leads/${leadId}/assessments`, { grade: 'A', points: 35, note: 'Wants it now.' });
  expect(third.body).toMatchObject({ qualified: true, readiness: 'ready' });
  await expect.poll(async () => (await row(leadId)).stage).toBe('assigned');
  expect(await row(leadId)).toMatchObject({ qualifiedBy: 'assessment' });
});

test('what cannot be: nothing at all, points without a note, facts of a need that is not there', async () => {
  const leadId = await withNeed('tom@assessed-three.example');
  const post = (body: object) => bench.post(`/v1/leads/${leadId}/assessments`, body);
  expect((await post({ note: 'x' })).body['errors']).toMatchObject([{ path: 'grade' }]);
  expect((await post({ points: 5 })).body['errors']).toMatchObject([{ path: 'note' }]);
  expect((await post({ points: 500, note: 'x' })).status).toBe(400);
  await bench.db.need.updateMany({ where: { leadId }, data: { closedAt: new Date() } });
  expect(await post({ budget: 'known' })).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  expect((await post({ grade: 'B' })).status).toBe(201);
});
