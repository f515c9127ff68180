/** Lives of leads whose histories are recorded: between them they go through every part of the workflow code. */
import { EXAMPLES, lifeOfKind } from '../steps/examples.ts';
import type { Engine } from '../support/engine.ts';
import { emailOf, PERSON, Story } from './story.ts';

/** By name: the source it comes from, and what happens. */
export const LIVES: Record<string, { source: string; live: (story: Story) => Promise<unknown> }> = {
  'one-mail-and-over': {
    source: 'one',
    live: async (story) => (await story.mails(1), await story.stage('dormant')),
  },
  'drip-to-dormant-forwarded': {
    source: 'drip',
    live: async (story) => (
      await story.mails(1),
      await story.forward('5 days'),
      await story.mails(3),
      await story.stage('dormant')
    ),
  },
  'click-ends-a-wait': {
    source: 'listening',
    live: async (story) => (await story.mails(1), await story.does('email.clicked'), await story.mails(2)),
  },
  'wait-runs-out': {
    source: 'listening',
    live: async (story) => (await story.mails(1), await story.forward('6 days'), await story.mails(2)),
  },
  'accepted-won-post-sale': {
    source: 'drip',
    live: async (story) => {
      await story.mails(1);
      await story.does('demo.requested');
      await story.tell({ kind: 'accept', assignmentId: await story.offered() });
      await story.tell({ kind: 'outcome', result: 'opportunity', valueMinor: 250_000, currency: 'EUR' });
      await story.tell({ kind: 'outcome', result: 'won', noteId: await story.noted() });
      await story.mails(2);
      await story.forward('8 days');
      await story.mails(3);
    },
  },
  'rejected-recycled-qualifies-again': {
    source: 'drip',
    live: async (story) => {
      await story.does('demo.requested');
      const assignmentId = await story.offered();
      await story.tell({ kind: 'reject', assignmentId, reason: 'too-early', noteId: await story.noted() });
      await story.forward('6 days');
      await story.does('demo.requested');
      await story.offered(assignmentId);
    },
  },
  'rerouted-by-a-person': {
    source: 'drip',
    live: async (story) => {
      await story.does('demo.requested');
      const assignmentId = await story.offered();
      await story.tell({ kind: 'reject', assignmentId, reason: 'wrong-region' });
      await story.tell({ kind: 'reroute', assignmentId, team: 'south', noteId: await story.noted() });
      await story.offered(assignmentId);
    },
  },
  'sla-passes-to-the-next-rep': {
    source: 'drip',
    live: async (story) => {
      await story.does('demo.requested');
      const assignmentId = await story.offered();
      await story.forward('5 hours');
      await story.offered(assignmentId);
    },
  },
  'accepted-after-an-outage': {
    source: 'drip',
    live: async (story) => {
      await story.does('demo.requested');
      const assignmentId = await story.offered();
      await story.outage();
      await story.tell({ kind: 'accept', assignmentId });
      await story.stage('accepted');
    },
  },
  'handed-over-after-an-outage': {
    source: 'drip',
    live: async (story) => {
      await story.does('demo.requested');
      const assignmentId = await story.offered();
      await story.outage();
      await story.tell({ kind: 'reroute', assignmentId, team: 'south' });
      await story.offered(assignmentId);
    },
  },
  'paused-and-resumed': {
    source: 'drip',
    live: async (story) => {
      await story.mails(1);
      await story.tell({ kind: 'pause', reason: 'support-ticket' });
      await story.does('demo.requested');
      await story.tell({ kind: 'resume' });
      await story.offered();
    },
  },
  'shown-from-the-start': {
    source: 'drip',
    live: async (story) => {
      await story.mails(1);
      await story.tell({ kind: 'pause', reason: 'support-ticket' });
      await story.does('demo.requested');
      await story.tell({ kind: 'resume' });
      await story.offered();
    },
  },
  'held-and-resumed': {
    source: 'poison',
    live: async (story) => (await story.held(), await story.tell({ kind: 'resume' }), await story.held()),
  },
  'refused-request-again': {
    source: 'drip',
    live: async (story) => {
      await story.mails(1);
      await story.tell({ kind: 'disqualify', reason: 'spam', noteId: await story.noted() });
      await story.engine.submit({ email: story.email, source: 'drip' });
      await story.engine.until(
        () => story.engine.db.outbox.count({ where: { leadId: story.leadId } }),
        (count) => count === 0,
      );
    },
  },
  'long-and-continued': {
    source: 'drip',
    live: async (story) => {
      await story.mails(1);
      await story.forward('1 day');
      for (let n = 0; n < 8; n += 1) {
        await story.tell({ kind: 'pause' });
        await story.tell({ kind: 'resume' });
      }
      await story.forward('25 hours');
      await story.mails(2);
    },
  },
  // One of each kind of step.
  ...Object.fromEntries([...EXAMPLES].map(([key, { live }]) => [lifeOfKind(key), { source: lifeOfKind(key), live }])),
};

/** Lets a life be lived. Answers with the lead's id. */
export async function play(engine: Engine, name: string): Promise<string> {
  const { story, live } = await begin(engine, name, emailOf(name));
  await live();
  return story.leadId;
}

/** The lead has come in, and its process has looked at it. */
export async function begin(
  engine: Engine,
  name: string,
  email: string,
): Promise<{ story: Story; live: () => Promise<unknown> }> {
  const life = LIVES[name];
  if (life === undefined) throw new Error(`There is no life ‘${name}’.`);
  const { firstName, lastName } = PERSON;
  // A phone is one lead's; the last digits make it so.
  const phone = email === emailOf(name) ? `${PERSON.phone}${Object.keys(LIVES).indexOf(name) + 10}` : null;
  const person = { email, firstName, lastName, ...(phone === null ? {} : { phone }) };
  const leadId = await engine.submit({ ...person, source: life.source });
  await engine.until(
    () => engine.db.outbox.count({ where: { leadId } }),
    (count) => count === 0,
  );
  const story = new Story(engine, leadId, email);
  return { story, live: () => life.live(story) };
}
