/** What tests of a lead's life have in common: people who act on it, and looks at where it stands. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Actor } from '../../src/domain/actor.ts';
import { type LeadCommand, type Verdict } from '../../src/domain/commands.ts';
import { isAppError } from '../../src/domain/errors.ts';
import { newId } from '../../src/domain/ids.ts';
import type { LeadSubmission } from '../../src/store/capture/submit-lead.ts';
import type { Engine } from '../support/engine.ts';
import type { ReceivedMail } from '../support/mail-sink.ts';

type Told = LeadCommand extends infer C ? (C extends LeadCommand ? Omit<C, 'commandId' | 'actor'> : never) : never;
export type Assigned = Awaited<ReturnType<ReturnType<typeof lifeOf>['offered']>>;

export const MANAGER: Actor = { kind: 'key', keyId: 'key-of-the-manager', manager: true };

/** A rep, without the rights of a manager. */
export function repActor(repId: string): Actor {
  return { kind: 'rep', repId, manager: false };
}

export function lifeOf(engine: Engine) {
  const { db, sink } = engine;
  const assignments = (leadId: string) =>
    db.assignment.findMany({
      where: { leadId },
      orderBy: [{ offeredAt: 'asc' }, { id: 'asc' }],
      include: { rep: true },
    });

  const life = {
    assignments,
    need: async (leadId: string) => {
      const lead = await db.lead.findUniqueOrThrow({ where: { id: leadId }, include: { needs: true } });
      const need = lead.needs.find((one) => one.id === lead.needId);
      if (need === undefined) throw new Error('the lead has no need');
      return need;
    },
    sends: (leadId: string) => db.send.findMany({ where: { leadId, audience: 'lead' }, orderBy: { id: 'asc' } }),
    audits: (leadId: string, action: string) =>
      db.audit.findMany({ where: { leadId, action }, orderBy: { id: 'asc' } }),
    /** The enrollment that runs, if any. */
    enrollment: (leadId: string) => db.enrollment.findFirst({ where: { leadId, status: 'active' } }),
    tell: (leadId: string, actor: Actor, told: Told, commandId = newId('command')): Promise<Verdict> =>
      untilAnswered(engine, leadId, { ...told, commandId, actor } as LeadCommand),
    /** The latest hand-off, once it is offered to a rep (and to another than the one given). */
    offered: async (leadId: string, after?: { id: string }) => {
      const found = await engine.until(
        async () => (await assignments(leadId)).at(-1),
        (one) => one !== undefined && one.status === 'offered' && one.id !== after?.id,
      );
      if (found === undefined) throw new Error('no assignment');
      return found;
    },
    /** Clicks until the score alone is over the threshold of grade C. */
    heatUp: async (leadId: string): Promise<void> => {
      await engine.record(...Array.from({ length: 6 }, () => ({ leadId, type: 'email.clicked' })));
    },
    demo: (leadId: string) => engine.record({ leadId, type: 'demo.requested' }),
    /** A new lead, asks for a demo at once and is offered to a rep. */
    ready: async (submission: Partial<LeadSubmission> & { email: string }) => {
      const leadId = await engine.submit({ source: 'drip', ...submission, event: { type: 'demo.requested' } });
      return { leadId, assignment: await life.offered(leadId) };
    },
    /** The same, accepted by the rep it was offered to. */
    accepted: async (submission: Partial<LeadSubmission> & { email: string }) => {
      const { leadId, assignment } = await life.ready(submission);
      const rep = repActor(assignment.repId);
      const verdict = await life.tell(leadId, rep, { kind: 'accept', assignmentId: assignment.id });
      if (!verdict.ok) throw new Error(verdict.message);
      return { leadId, assignment, rep };
    },
    /** Mails to a rep about a lead, told by its name in the subject. */
    mailsTo: (rep: { email: string }, name: string): ReceivedMail[] =>
      sink.to(rep.email).filter((mail) => mail.subject.includes(name)),
    untilMailed: (rep: { email: string }, name: string, count: number): Promise<ReceivedMail[]> =>
      engine.until(
        () => Promise.resolve(life.mailsTo(rep, name)),
        (mails) => mails.length >= count,
      ),
    /** Whole hours between mails, from the first on. */
    hours: (mails: readonly ReceivedMail[]): number[] =>
      mails.map((mail) => Math.round((mail.date.getTime() - (mails[0]?.date.getTime() ?? 0)) / 3_600_000)),
    days: (mails: readonly ReceivedMail[]): number[] => life.hours(mails).map((hours) => Math.round(hours / 24)),
  };
  return life;
}

/** As its callers do: a verdict that is pending is asked for again, by the same id. */
export async function untilAnswered(engine: Engine, leadId: string, command: LeadCommand): Promise<Verdict> {
  for (let again = 3; ; again -= 1) {
    try {
      return await engine.commands.execute(leadId, command);
    } catch (error) {
      if (!isAppError(error) || error.code !== 'COMMAND_PENDING' || again === 0) throw error;
    }
  }
}

/** The rows of the table in docs/resubmission.md. */
export async function resubmissionTable(): Promise<{ stage: string; request: string; enroll: string }[]> {
  const page = await readFile(path.join(import.meta.dirname, '..', '..', 'docs', 'resubmission.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) => {
    const [, stage = '', request = '', enroll = ''] = row.split('|').map((cell) => cell.trim());
    return { stage: stage.replaceAll('`', ''), request, enroll };
  });
}
