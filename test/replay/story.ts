/** The lead whose lives are recorded, and the words that a life is told by. */
import type { LeadCommand } from '../../src/domain/commands.ts';
import { newId } from '../../src/domain/ids.ts';
import type { Engine } from '../support/engine.ts';

/** The lead of every life. None of this may be found in a history. */
export const PERSON = {
  firstName: 'Wilhelmina',
  lastName: 'Quillfeather',
  phone: '+49 30 5550142',
  note: 'Prefers to be called after the harvest',
};
export const emailOf = (life: string) => `wilhelmina-${life}@quillfeather-orchards.example`;

const MANAGER = { kind: 'key' as const, keyId: 'key-manager', manager: true };

type CommandPart = LeadCommand extends infer C
  ? C extends LeadCommand
    ? Omit<C, 'commandId' | 'actor'>
    : never
  : never;

/** What a life is told by: short words for what outside does to a lead. */
export class Story {
  readonly engine: Engine;
  readonly leadId: string;
  readonly email: string;

  constructor(engine: Engine, leadId: string, email: string) {
    this.engine = engine;
    this.leadId = leadId;
    this.email = email;
  }

  mails = (count: number) => this.engine.sink.waitFor(this.email, count);
  forward = (span: string) => this.engine.forward(this.leadId, span);
  stage = (stage: string) => this.engine.untilStage(this.leadId, stage);
  does = (type: string) => this.engine.record({ leadId: this.leadId, type });
  inCadence = (cadence: string) =>
    this.engine.until(
      () => this.engine.db.enrollment.findFirst({ where: { leadId: this.leadId, status: 'active' } }),
      (one) => one?.cadence === cadence,
    );
  held = () =>
    this.engine.until(
      () => this.engine.lead(this.leadId),
      (lead) => lead.heldAt !== null,
    );

  /** The process ends before its time, and what it waited for is over by then: what comes next begins another run. */
  async outage(): Promise<void> {
    const { db } = this.engine;
    await this.engine.handle(this.leadId).terminate('an outage');
    const over = new Date(Date.now() - 3_600_000);
    await db.assignment.updateMany({ where: { leadId: this.leadId, status: 'offered' }, data: { dueAt: over } });
    await db.lead.update({ where: { id: this.leadId }, data: { nextDueAt: over } });
  }

  async tell(command: CommandPart): Promise<void> {
    const verdict = await this.engine.commands.execute(this.leadId, {
      ...command,
      commandId: newId('command'),
      actor: MANAGER,
    });
    if (!verdict.ok) throw new Error(`${command.kind}: ${verdict.message}`);
  }

  /** The assignment under way, once its brief is out. */
  async offered(than?: string): Promise<string> {
    const open = { leadId: this.leadId, status: 'offered' as const, briefDueAt: null };
    const found = await this.engine.until(
      () => this.engine.db.assignment.findFirst({ where: open }),
      (one) => one !== null && one.id !== than,
    );
    return found?.id ?? '';
  }

  /** What a rep noted is stored first; the command carries its id. */
  async noted(): Promise<string> {
    const id = newId('activity');
    const note = {
      id,
      leadId: this.leadId,
      actor: 'key-manager',
      kind: 'note',
      body: PERSON.note,
      occurredAt: new Date(),
    };
    await this.engine.db.repActivity.create({ data: note });
    return id;
  }
}
