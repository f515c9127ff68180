/** Tasks of reps: given, told in gathered mails, done by way of the API, waited for; a lead without email lives by them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Bench, openApi } from '../api/support.ts';
import { playbookWith } from '../crash/playbook.ts';

const CALLS = `
name: Calls
enroll: { when: { source: calls } }
priority: 10
steps:
  - id: first-call
    task: "Call {{ lead.firstName | default: 'them' }}"
    to: { team: south }
    due: 4 hours
    wait: until done
    within: 3 days
    then: reached
    else: not-reached
  - { id: reached, set: { attributes.called: true } }
  - { id: over, exit: called }
  - { id: not-reached, exit: nobody called }
`;

const LATER = `
name: Later
enroll: { when: { source: later } }
priority: 10
steps:
  - wait: 2 days
  - { id: call-then, task: "Call {{ lead.firstName }}", to: { team: south }, due: 4 hours }
  - { id: over, exit: told }
`;

let api: Bench;
let removePlaybook: () => Promise<void>;
beforeAll(async () => {
  const playbook = await playbookWith({ calls: CALLS, later: LATER });
  removePlaybook = playbook.remove;
  api = await openApi({ worker: true, playbookDir: playbook.dir });
});
afterAll(async () => {
  await api?.close();
  await removePlaybook?.();
});

let phones = 0;
async function called(firstName: string): Promise<{ leadId: string; task: Awaited<ReturnType<typeof taskOf>> }> {
  phones += 1;
  const leadId = await api.engine.submit({ phone: `+4930123450${phones}`, firstName, source: 'calls' });
  return { leadId, task: await taskOf(leadId) };
}

async function taskOf(leadId: string) {
  const task = await api.engine.until(
    () => api.engine.db.task.findFirst({ where: { leadId } }),
    (found) => found !== null,
  );
  if (task === null) throw new Error('no task');
  return task;
}

it('a lead with a phone number alone is called, and goes on once that is done', async () => {
  const { leadId, task } = await called('Ada');
  const [mail] = await api.engine.sink.waitFor('dino@sales.example', 1);
  expect(mail?.text).toContain('Call Ada');
  expect(task).toMatchObject({ status: 'open', kind: 'call', body: 'Call Ada', team: 'south' });
  const listed = await api.get(`/v1/tasks?lead=${leadId}`);
  expect(listed.body.items).toMatchObject([
    { id: task.id, overdue: false, rep: { name: 'Dino' }, lead: { name: 'Ada' } },
  ]);

  const done = await api.post(`/v1/tasks/${task.id}/done`, { result: 'reached', note: 'Will order.' });
  expect(done).toMatchObject({ status: 200, body: { status: 'done', result: 'reached' } });
  await api.engine.untilStage(leadId, 'dormant');
  expect((await api.engine.lead(leadId)).attributes).toEqual({ called: true });
  const { body } = await api.get(`/v1/leads/${leadId}/timeline?order=asc`);
  const titles = body.items?.map(({ title }) => title);
  expect(titles).toContainEqual(expect.stringMatching(/^Call to be made by Dino, due /));
  expect(titles).toContainEqual(expect.stringMatching(/^Task done for Dino by .*: reached$/));
  expect(titles).toContain('Call (reached)');
  expect(await api.post(`/v1/tasks/${task.id}/done`, {})).toMatchObject({ status: 409, body: { code: 'TASK_CLOSED' } });
});

it('what comes soon after a mail waits for the next one, which tells of all', async () => {
  const before = api.engine.sink.to('dino@sales.example').length;
  const [bea, cem] = [await called('Bea'), await called('Cem')];
  expect(bea.task.toldBy).toBeNull();
  expect(api.engine.sink.to('dino@sales.example')).toHaveLength(before);
  await api.engine.forward(bea.leadId, '16 minutes');
  const mails = await api.engine.sink.waitFor('dino@sales.example', before + 1);
  expect(mails.at(-1)?.text).toMatch(/Call Bea[^]*Call Cem/);
  await api.engine.forward(cem.leadId, '16 minutes');
  expect(api.engine.sink.to('dino@sales.example')).toHaveLength(before + 1);
  expect((await taskOf(cem.leadId)).toldBy).toBe((await taskOf(bea.leadId)).toldBy);
});

it('a task of another day does not wait for what the rep was told of today', async () => {
  const { leadId: today, task } = await called('Fay');
  if (task.toldBy === null) await api.engine.forward(today, '16 minutes');
  const leadId = await api.engine.submit({ phone: '+4930123459999', firstName: 'Gil', source: 'later' });
  await api.engine.until(
    () => api.engine.db.enrollment.findFirst({ where: { leadId } }),
    (found) => found !== null,
  );
  await api.engine.forward(leadId, '2 days');
  const later = await taskOf(leadId);
  expect(later.tellAt).toEqual(later.occurredAt);
  expect(later.toldBy).not.toBeNull();
});

it('a task that nobody does is overdue, and the lead goes on when its time is over', async () => {
  const { leadId, task } = await called('Dora');
  await api.engine.forward(leadId, '1 day');
  const attention = await api.get('/v1/attention?kind=task-overdue&limit=200');
  expect(attention.body.items).toContainEqual(expect.objectContaining({ leadId, ref: task.id }));
  await api.engine.forward(leadId, '3 days');
  await api.engine.untilStage(leadId, 'dormant');
  expect((await taskOf(leadId)).status).toBe('open');
});

it('a task of a cadence that the lead is taken out of is cancelled', async () => {
  const { leadId, task } = await called('Eve');
  const answer = await api.post(`/v1/leads/${leadId}/disqualify`, { reason: 'spam' });
  expect(answer.status).toBe(200);
  expect(await taskOf(leadId)).toMatchObject({ id: task.id, status: 'cancelled', closedBy: 'system' });
});
