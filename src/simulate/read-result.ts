/** Reads what came of a life from its database. */
import { DateTime } from 'luxon';
import { scoreAtMs } from '../domain/score.ts';
import { decay } from '../domain/decay.ts';
import { shownScore } from '../domain/score-words.ts';
import { whenInStory } from '../domain/when.ts';
import { daysBetween, tellStory } from '../domain/story.ts';
import { reasonInWords } from '../domain/send-words.ts';
import type { Grade } from '../domain/stage.ts';
import { withNames } from '../store/lists/names.ts';
import type { Lived } from './lived.ts';
import type { Persona } from './persona.ts';
import type {
  End,
  GotArm,
  HandOff,
  LeftCadence,
  Moment,
  NotSent,
  SimulatedMail,
  SimulatedTask,
  Simulation,
  StageChange,
} from './result.ts';
import { readableMail } from './readable-mail.ts';
import { readTimeline } from './read-timeline.ts';
import type { World } from './world.ts';

/** The instant on the persona's wall and calendar. */
export function momentOf(at: Date, { startMs, zone }: Pick<Lived, 'startMs' | 'zone'>): Moment {
  const local = DateTime.fromJSDate(at, { zone });
  return {
    at: at.toISOString(),
    day: daysBetween(new Date(startMs).toISOString(), at.toISOString(), zone),
    when: whenInStory(at.getTime(), startMs, zone),
    weekday: local.weekday,
    time: local.toFormat('HH:mm'),
  };
}

export interface Asked {
  persona: Persona;
  cadence: string | null;
  seed: number;
  days: number;
}

export async function readResult(world: World, lived: Lived, asked: Asked): Promise<Simulation> {
  const { persona, cadence, seed, days } = asked;
  const { leadId, zone, startMs, endMs, remarks } = lived;
  const { persona: key, name, description = null, file, request } = persona;
  const [end, sends, stages, scores, handOffs, timeline, tasks, arms, left] = await Promise.all([
    readEnd(world, lived),
    readSends(world, lived),
    readStages(world, lived),
    readScores(world, lived),
    readHandOffs(world, lived),
    readTimeline(world, leadId, zone),
    readTasks(world, lived),
    readArms(world, lived),
    readLeft(world, lived),
  ]);
  const { ready } = world.store.rules.current().playbook.scoring;
  const threshold = ready[end.grade as Grade];
  return {
    persona: { persona: key, name, description, file, reached: request.email ?? request.phone ?? '' },
    cadence,
    seed,
    days,
    zone,
    startedAt: new Date(startMs).toISOString(),
    endedAt: new Date(endMs).toISOString(),
    end,
    ...sends,
    webhooks: world.outbox.posts.map(({ url, body }) => ({ url, body })),
    tasks,
    stages,
    arms,
    left,
    scores,
    readyAt: typeof threshold === 'number' ? threshold : null,
    handOffs,
    story: tellStory(timeline, zone),
    remarks,
  };
}

async function readEnd({ db, store }: World, { leadId, endMs }: Lived): Promise<End> {
  const lead = await db.lead.findUniqueOrThrow({
    where: { id: leadId },
    include: { owner: true, enrollments: { where: { status: 'active', kind: 'main' }, take: 1 } },
  });
  const { scoring } = store.rules.current().playbook;
  return {
    stage: lead.stage,
    score: shownScore(scoreAtMs(lead, endMs, scoring)),
    grade: lead.fitGrade,
    cadence: lead.enrollments[0]?.cadence ?? null,
    next: lead.nextSummary ?? 'Nothing is scheduled',
    owner: lead.owner?.name ?? null,
    held: lead.heldReason,
  };
}

async function readSends(world: World, lived: Lived): Promise<{ mails: SimulatedMail[]; notSent: NotSent[] }> {
  const rows = await world.db.send.findMany({
    where: { leadId: lived.leadId },
    orderBy: [{ occurredAt: 'asc' }, { id: 'asc' }],
    include: { enrollment: { select: { cadence: true } } },
  });
  const events = await world.db.event.findMany({
    where: { leadId: lived.leadId, sendId: { not: null } },
    orderBy: { occurredAt: 'asc' },
  });
  const mails: SimulatedMail[] = [];
  const notSent: NotSent[] = [];
  for (const row of rows) {
    const moment = momentOf(row.occurredAt, lived);
    const { templateKey: template, stepId: step, channel } = row;
    const message = lived.mailbox.messageOf(row.id);
    if (row.status !== 'sent') {
      const why = row.reason === null ? row.status : reasonInWords(row.reason);
      notSent.push({ ...moment, template, step, channel, why });
    } else if (message !== undefined) {
      const reactions = events
        .filter(({ sendId }) => sendId === row.id)
        .map(({ type, occurredAt, properties }) => ({ ...momentOf(occurredAt, lived), did: didIn(type, properties) }));
      mails.push({
        ...moment,
        to: row.audience === 'rep' ? 'rep' : 'lead',
        sendId: row.id,
        template,
        step,
        cadence: row.enrollment?.cadence ?? null,
        subject: message.subject,
        text: message.text,
        html: await readableMail(message.html, world),
        reactions,
      });
    }
  }
  return { mails, notSent };
}

function didIn(type: string, properties: unknown): string {
  const { url } = properties as { url?: unknown };
  if (type === 'email.opened') return 'opened it';
  if (type === 'email.clicked') return typeof url === 'string' ? `clicked ${url}` : 'clicked';
  return type === 'unsubscribed' ? 'unsubscribed' : type;
}

async function readTasks({ db }: World, lived: Lived): Promise<SimulatedTask[]> {
  const rows = await db.task.findMany({
    where: { leadId: lived.leadId },
    orderBy: { id: 'asc' },
    include: { rep: { select: { name: true } } },
  });
  return rows.map(({ occurredAt, kind, rep, stepId: step, cadence, body, dueAt, status, result }) => ({
    ...momentOf(occurredAt, lived),
    kind,
    rep: rep.name,
    step,
    cadence,
    text: body,
    due: momentOf(dueAt, lived).when,
    status,
    result,
  }));
}

async function readArms({ db }: World, lived: Lived): Promise<GotArm[]> {
  const rows = await db.splitArm.findMany({ where: { leadId: lived.leadId }, orderBy: { occurredAt: 'asc' } });
  return rows.map(({ occurredAt, cadence, stepId: step, arm }) => ({
    ...momentOf(occurredAt, lived),
    cadence,
    step,
    arm,
  }));
}

async function readLeft({ db }: World, lived: Lived): Promise<LeftCadence[]> {
  const rows = await db.enrollment.findMany({
    where: { leadId: lived.leadId, endedAt: { not: null } },
    orderBy: [{ endedAt: 'asc' }, { id: 'asc' }],
  });
  return rows.flatMap(({ endedAt, cadence, endReason }) =>
    endedAt === null ? [] : [{ ...momentOf(endedAt, lived), cadence, because: endReason ?? '' }],
  );
}

async function readStages({ db }: World, lived: Lived): Promise<StageChange[]> {
  const rows = await db.stageChange.findMany({ where: { leadId: lived.leadId }, orderBy: { id: 'asc' } });
  const because = await withNames(
    db,
    rows.map((row) => row.because),
  );
  return rows.map(({ fromStage, toStage, occurredAt }, index) => ({
    ...momentOf(occurredAt, lived),
    from: fromStage,
    to: toStage,
    because: because[index] ?? '',
  }));
}

async function readHandOffs({ db }: World, lived: Lived): Promise<HandOff[]> {
  const rows = await db.assignment.findMany({
    where: { leadId: lived.leadId },
    orderBy: { id: 'asc' },
    include: { rep: { select: { name: true } } },
  });
  return rows.map(({ offeredAt, rep, team, status, reason }) => ({
    ...momentOf(offeredAt, lived),
    rep: rep.name,
    team,
    status,
    reason,
  }));
}

/** The score before and after each change, and at noon of each day in between, drawn as if all of it faded by the general half-life. */
async function readScores({ db, store }: World, lived: Lived): Promise<Simulation['scores']> {
  const { leadId, startMs, endMs, zone } = lived;
  const { scoring } = store.rules.current().playbook;
  const changes = await db.scoreEntry.findMany({ where: { leadId }, orderBy: { id: 'asc' } });
  const points: { atMs: number; score: number }[] = [];
  let [scoreMs, score] = [startMs, 0];
  const decayTo = (untilMs: number): void => {
    let noon = DateTime.fromMillis(scoreMs, { zone }).startOf('day').plus({ hours: 12 });
    for (; noon.toMillis() < untilMs; noon = noon.plus({ days: 1 })) {
      const atMs = noon.toMillis();
      if (atMs > scoreMs) points.push({ atMs, score: decay(score, scoreMs, atMs, scoring.halfLifeMs) });
    }
    points.push({ atMs: untilMs, score: decay(score, scoreMs, untilMs, scoring.halfLifeMs) });
  };
  for (const { occurredAt, after } of changes) {
    decayTo(occurredAt.getTime());
    [scoreMs, score] = [occurredAt.getTime(), after];
    points.push({ atMs: scoreMs, score });
  }
  decayTo(endMs);
  return points.map((point) => {
    const { at, day } = momentOf(new Date(point.atMs), lived);
    return { at, day, score: Math.round(point.score * 100) / 100 };
  });
}
