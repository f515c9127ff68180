/** What comes while an activity is under way, a mail already on its way and its outcome not yet written. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LeadCommand } from '../../src/domain/commands.ts';
import { newId } from '../../src/domain/ids.ts';
import { createEventRecorder } from '../../src/store/events/record-events.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { playbookWith } from './playbook.ts';

let engine: Engine;
let removePlaybook: () => Promise<void>;

beforeAll(async () => {
  const playbook = await playbookWith({});
  removePlaybook = playbook.remove;
  engine = await startEngine({ playbookDir: playbook.dir });
});
afterAll(async () => {
  await engine?.close();
  await removePlaybook?.();
});

test('an event that comes in before the lead reaches the waitFor step ends the wait at once', async () => {
  const email = 'fast@click.example';
  using mailed = engine.stopAt('effect.acted', email);
  const leadId = await engine.submit({ email, source: 'listening' });
  await mailed.reached;
  await createEventRecorder(engine.store)([{ email, type: 'email.clicked' }]);
  mailed.go();
  const [, thanks] = await engine.sink.waitFor(email, 2);
  expect(thanks?.subject).toContain('The other mail');
  expect(await engine.db.send.count({ where: { leadId, stepId: 'reminder' } })).toBe(0);
});

test('a rep who accepts at the moment the brief arrives is not refused', async () => {
  const email = 'fast@rep.example';
  using briefed = engine.stopAt('effect.acted', email);
  const leadId = await engine.submit({ email, source: 'drip', event: { type: 'demo.requested' } });
  await briefed.reached;
  const assignment = await engine.db.assignment.findFirstOrThrow({ where: { leadId }, include: { rep: true } });
  expect(engine.sink.to(assignment.rep.email)).toHaveLength(1);
  const actor = { kind: 'rep' as const, repId: assignment.repId, manager: false };
  const accept = (): LeadCommand => ({
    kind: 'accept',
    assignmentId: assignment.id,
    commandId: newId('command'),
    actor,
  });
  const answer = engine.commands.execute(leadId, accept(), 60_000);
  // The process has let it in, or has refused it.
  const refused = answer.then(({ ok }) => !ok);
  await Promise.race([
    refused,
    engine.until(
      () => isAccepted(leadId),
      (so) => so,
    ),
  ]);
  // A second decision that arrives meanwhile is refused, and the first is accepted.
  expect(await engine.commands.execute(leadId, accept())).toMatchObject({ ok: false, code: 'ASSIGNMENT_TAKEN' });
  briefed.go();
  expect(await answer).toMatchObject({ ok: true, stage: 'accepted' });
  expect((await engine.lead(leadId)).stage).toBe('accepted');
});

test('a lead that becomes ready while a command is carried out still wakes its process', async () => {
  const email = 'together@rep.example';
  using mailed = engine.stopAt('effect.acted', email);
  const leadId = await engine.submit({ email, source: 'drip' });
  await mailed.reached;
  // Both arrive before the outcome of the mail is written, so the process finds them together. The cadence that the command
  // starts has its first step in a day.
  const actor = { kind: 'key' as const, keyId: 'key-test', manager: true };
  const answer = engine.commands.execute(
    leadId,
    {
      kind: 'enroll',
      cadence: 'back',
      commandId: newId('command'),
      actor,
    },
    60_000,
  );
  await engine.until(
    () => isAccepted(leadId),
    (so) => so,
  );
  await engine.record({ leadId, type: 'demo.requested' });
  await engine.until(
    () => engine.db.outbox.findFirst({ where: { leadId, reason: 'qualified' } }),
    (bell) => bell?.deliveredAt instanceof Date,
  );
  mailed.go();
  expect(await answer).toMatchObject({ ok: true });
  await engine.untilStage(leadId, 'assigned');
  await engine.until(
    () => engine.db.outbox.count({ where: { leadId } }),
    (count) => count === 0,
  );
  expect(engine.sink.to(email)).toHaveLength(1);
});

async function isAccepted(leadId: string): Promise<boolean> {
  const { events } = await engine.handle(leadId).fetchHistory();
  return (events ?? []).some((event) => event.workflowExecutionUpdateAcceptedEventAttributes);
}
