/** The control group is a setting of a whole installation: here everybody is of it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { playbookWith } from '../crash/playbook.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf } from './life.ts';

let engine: Engine;
let folder: Awaited<ReturnType<typeof playbookWith>>;
beforeAll(async () => {
  const fixture = path.join(import.meta.dirname, '../fixtures/playbook/settings.yaml');
  const settings = `${await readFile(fixture, 'utf8')}\ncontrolGroup: "100%"\n`;
  folder = await playbookWith({}, { 'settings.yaml': settings });
  engine = await startEngine({ playbookDir: folder.dir });
});
afterAll(async () => {
  await engine?.close();
  await folder?.remove();
});

test('a lead of the control group is kept out of the cadence that fits it, and its timeline says so once', async () => {
  const leadId = await engine.submit({ email: 'kept@control.example', source: 'drip' });
  await engine.untilStage(leadId, 'dormant');
  expect(await engine.db.enrollment.count({ where: { leadId } })).toBe(0);
  const lead = await engine.db.lead.findUniqueOrThrow({ where: { id: leadId } });
  expect(lead.controlSince).not.toBeNull();
  const kept = { where: { leadId, action: 'lead.kept-out' } };
  expect(await engine.db.audit.findMany(kept)).toMatchObject([{ data: { cadence: 'drip' } }]);
  const changed = await engine.db.stageChange.findFirst({ where: { leadId, toStage: 'dormant' } });
  expect(changed?.because).toContain('control group');
  expect(await lifeOf(engine).sends(leadId)).toEqual([]);
});
