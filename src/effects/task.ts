import { formatForPeople } from '../domain/schedule.ts';
import { presentable, presentablePhone } from '../domain/stated-words.ts';
import type { TemplateSource } from '../domain/template.ts';
import type { ToldTasks } from '../email/render-context.ts';
import type { Rep } from '../store/generated/client.ts';
import { takeUntold, toldOfTasks, type ToldTask, untellTasks } from '../store/process/tasks.ts';
import type { Channel } from './channel.ts';
import { email, type EmailTurn } from './email.ts';

/** The input for telling a rep of tasks. */
export interface TaskDraft {
  template: TemplateSource;
  /** Locked until the transaction ends. */
  rep: Pick<Rep, 'id' | 'name' | 'email'>;
  /** The rep's. */
  zone: string;
}

/** So many tasks are described in a mail; of the others it says how many there are. */
const DESCRIBED = 20;

/** Tasks are rows; what goes out is the mail that tells the rep of them. */
export const task = {
  addressOf: (lead) => lead.phone ?? lead.email,
  async prepare(turn, effect, { template, rep, zone }) {
    const untold = await takeUntold(turn.tx, rep.id, effect.id, { leadId: turn.lead.id, at: turn.at });
    const tasks = {
      count: untold.length,
      list: untold.slice(0, DESCRIBED).map((one) => described(one, zone, turn.at.getTime())),
    };
    const draft = {
      template,
      to: { address: rep.email, name: rep.name },
      context: { rep: { name: rep.name, email: rep.email }, lead: {}, tasks, clock: { zone, at: turn.at } },
    };
    try {
      const mail = await email.prepare(turn, effect, draft);
      turn.send(toldOfTasks(turn.tx, rep.id, turn.at));
      return mail;
    } catch (error) {
      await untellTasks(turn.tx, effect.id);
      throw error;
    }
  },
} satisfies Channel<TaskDraft, EmailTurn>;

function described(one: ToldTask, zone: string, nowMs: number): ToldTasks['list'][number] {
  const { firstName, lastName, company } = presentable(one);
  return {
    kind: one.kind,
    text: one.body,
    due: formatForPeople(one.dueAt.getTime(), zone, nowMs),
    lead: [firstName, lastName].filter(Boolean).join(' ') || null,
    company,
    phone: presentablePhone(one.phone),
    email: one.email,
  };
}
