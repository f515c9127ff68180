/** `set` writes into the lead's profile, and whatever asks about the profile afterwards finds what it wrote. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { playbookWith } from '../crash/playbook.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf } from '../workflows/life.ts';

const ASKED_AT_ONCE = `
name: Sets, and asks at once
enroll: { when: { source: asked } }
priority: 10
steps:
  - id: known
    set: { attributes.interest: pumps, attributes.old: null, preferredChannel: phone, attributes.same: 7 }
  - branch:
      - { when: { attributes.interest: pumps, attributes.old: { exists: false } }, go: seen }
      - else: not-seen
  - { id: not-seen, exit: it was not seen }
  - { id: seen, exit: it was seen }
`;

const READY_BY_IT = `
name: Makes the lead ready
enroll: { when: { source: ready } }
priority: 10
steps:
  - wait: 1 day
  - { id: buyer, set: { attributes.role: buyer } }
  - { id: too-late, email: plain }
`;

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
let removePlaybook: () => Promise<void>;

beforeAll(async () => {
  const playbook = await playbookWith({ asked: ASKED_AT_ONCE, ready: READY_BY_IT });
  removePlaybook = playbook.remove;
  const scoring = path.join(playbook.dir, 'scoring.yaml');
  const rules = await readFile(scoring, 'utf8');
  const buys = '  - { rule: buys, when: { attributes.role: buyer }, points: 30 }';
  await writeFile(scoring, rules.replace('fit:\n', `fit:\n${buys}\n`));
  engine = await startEngine({ playbookDir: playbook.dir });
  life = lifeOf(engine);
});
afterAll(async () => {
  await engine?.close();
  await removePlaybook?.();
});

const about = async (leadId: string) => {
  const rows = await engine.db.audit.findMany({ where: { leadId }, orderBy: { id: 'asc' } });
  return rows.map(({ action, data }): Record<string, unknown> => ({ action, ...(data as object) }));
};

test('the next step finds the new value; a null takes an attribute away, and nothing else changes', async () => {
  const leadId = await engine.submit({
    email: 'asked@set.example',
    source: 'asked',
    language: 'en',
    attributes: { old: 'x', same: 7, other: 'kept' },
  });
  await engine.untilStage(leadId, 'dormant');
  expect(await engine.lead(leadId)).toMatchObject({
    attributes: { interest: 'pumps', same: 7, other: 'kept' },
    preferredChannel: 'phone',
    language: 'en',
  });
  expect((await engine.lead(leadId)).attributes).not.toHaveProperty('old');
  const told = await about(leadId);
  expect(told).toContainEqual(expect.objectContaining({ action: 'enrollment.ended', reason: 'it was seen' }));
});

test('the timeline names the fields, and does not say their values', async () => {
  const leadId = await engine.submit({ email: 'told@set.example', source: 'asked', attributes: { same: 7 } });
  await engine.untilStage(leadId, 'dormant');
  const ofSet = (await about(leadId)).filter((one) => 'fields' in one || one['stepId'] === 'known');
  const fields = ['attributes.interest', 'preferredChannel'];
  expect(ofSet).toEqual([
    { action: 'lead.updated', fields },
    expect.objectContaining({ action: 'step.performed', kind: 'set', result: `set ${fields.join(', ')}` }),
  ]);
  expect(JSON.stringify(ofSet)).not.toMatch(/pumps|phone/);
});

test('a lead that the step makes ready is handed over, and no later step is performed', async () => {
  const email = 'ready@set.example';
  const leadId = await engine.submit({ email, source: 'ready' });
  await engine.untilStage(leadId, 'nurturing');
  await engine.record(...Array.from({ length: 4 }, () => ({ leadId, type: 'email.clicked' })));
  expect(await engine.lead(leadId)).toMatchObject({ fitGrade: 'C', stage: 'nurturing' });
  await engine.forward(leadId, '25 hours');
  await life.offered(leadId);
  expect(await engine.lead(leadId)).toMatchObject({ fitGrade: 'A', stage: 'assigned' });
  expect((await about(leadId)).map(({ action }) => action)).toContain('lead.graded');
  expect(engine.sink.to(email)).toEqual([]);
});
