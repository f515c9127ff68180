/** An issue of a newsletter: at a time of its schedule, or when a person says so, one broadcast. */
import { audienceFor } from '../../domain/audience.ts';
import type { BroadcastSchedule } from '../../domain/broadcast.ts';
import { AppError } from '../../domain/errors.ts';
import { issueKey, issueName, LEADS_OWN_ZONE, type Newsletter, zoneOfTimes } from '../../domain/newsletter.ts';
import { spanToMs } from '../../domain/span.ts';
import type { TemplateSource } from '../../domain/template.ts';
import { wordingOf } from '../../domain/template-wording.ts';
import { changeLocked, insertBroadcast, typed, type Broadcast } from '../broadcasts/broadcasts.ts';
import type { Db, Tx } from '../db.ts';
import { templateByHash } from '../process/templates.ts';
import type { PublishedRules } from '../rules/in-force.ts';
import { parseTemplate } from '../stored/template.ts';
import { lockNewsletter, type NewsletterRow } from './newsletters.ts';

export interface Firing {
  newsletter: string;
  /** The time of the schedule, or at which a person asked for it. */
  at: Date;
  now: Date;
  /** Handle of the person who asked for it; null: its time has come. */
  by: string | null;
}

/** What became of a firing. `isNew`: the broadcast began with it. */
export type Issued = { kind: 'issued'; broadcastId: string; isNew: boolean } | { kind: 'passed'; because: string };

/**
 * Begins the broadcast of an issue, or says why there is none. However often a firing is delivered, its issue is the one broadcast with its
 * key. What a schedule fires in vain is kept for people to see.
 * @throws AppError UNAVAILABLE while this process works by an older playbook revision than the one that has the newsletter
 */
export async function issueNewsletter(db: Db, rules: PublishedRules, firing: Firing): Promise<Issued> {
  return db.$transaction(async (tx) => {
    const row = await lockNewsletter(tx, firing.newsletter);
    if (row === null || row.schedule === null) return passed('the playbook does not have it any more');
    if (rules.revision < row.revision)
      throw new AppError('UNAVAILABLE', `Playbook revision ${row.revision} is not taken up here yet.`);
    const newsletter = rules.playbook.newsletters?.find((one) => one.newsletter === firing.newsletter);
    if (newsletter === undefined) return passed('the playbook does not have it any more');
    const zone = zoneOfTimes(newsletter, rules.playbook.defaultTimeZone);
    const name = issueName(firing.at.getTime(), zone);
    const key = issueKey(newsletter.newsletter, name);
    const there = await tx.broadcast.findUnique({ where: { key } });
    if (there !== null) return { kind: 'issued', broadcastId: there.id, isNew: false };
    if (firing.by === null && row.pausedAt !== null) return passed('it is paused');
    const template = rules.templates.get(newsletter.template);
    const because =
      template === undefined
        ? `its template ‘${newsletter.template}’ is not published`
        : await whyNot(db, tx, { newsletter, template, firing });
    if (because !== null || template === undefined) return keepPassed(tx, row, firing, because ?? '');
    const broadcast = await begin(tx, rules, { newsletter, template, firing, key, name });
    await tx.newsletter.update({ where: { key: row.key }, data: { passedAt: null, passedBecause: null } });
    return { kind: 'issued', broadcastId: broadcast.id, isNew: true };
  });
}

function passed(because: string): Issued {
  return { kind: 'passed', because };
}

/** A person who asks is told; of a schedule it is kept. */
async function keepPassed(tx: Tx, { key }: NewsletterRow, { by, at }: Firing, because: string): Promise<Issued> {
  if (by === null)
    await tx.newsletter.update({ where: { key }, data: { passedAt: at, passedBecause: because.slice(0, 500) } });
  return passed(because);
}

interface Due {
  newsletter: Newsletter;
  template: TemplateSource;
  firing: Firing;
}

/** Why no issue goes out at this time; null when one does. */
async function whyNot(db: Db, tx: Tx, { newsletter, template, firing }: Due): Promise<string | null> {
  const { at, now, by } = firing;
  if (by === null && now.getTime() - at.getTime() > spanToMs(newsletter.catchUp))
    return 'its time passed while the engine was down, and it is too late to catch up with it';
  const row = await tx.broadcast.findFirst({
    where: { newsletter: newsletter.newsletter, status: { not: 'canceled' } },
    orderBy: { id: 'desc' },
  });
  if (row === null) return null;
  const last = typed(row);
  if (await isUnderWay(tx, last, now)) return `the issue before it, ‘${last.key}’, is not over: it is ${last.status}`;
  if (newsletter.again === true) return null;
  const words = await templateByHash(db, tx, last.variants[0]?.hash ?? '', parseTemplate);
  if (words === null || wordingOf(words) !== wordingOf(template)) return null;
  return `template ‘${template.key}’ says what the issue before it said (‘${last.key}’): publish new words, or write \`again: true\``;
}

/** Leads that it has still to come to for the first time. Those that a cap or the mail server puts off do not hold up the next issue. */
async function isUnderWay(tx: Tx, { id, status, gatheredAt }: Broadcast, now: Date): Promise<boolean> {
  if (status === 'done') return false;
  if (status === 'paused' || gatheredAt === null) return true;
  const [first] = await tx.$queryRaw<object[]>`
    SELECT 1 FROM broadcast_recipients WHERE broadcast_id = ${id} AND due_at <= ${now} AND due_at = first_due_at LIMIT 1`;
  return first !== undefined;
}

async function begin(
  tx: Tx,
  { playbook }: PublishedRules,
  { newsletter, template, firing, key, name }: Due & { key: string; name: string },
): Promise<Broadcast> {
  const { segment, when, timeZone, rate, again } = newsletter;
  const isLocal = timeZone === LEADS_OWN_ZONE && firing.by === null;
  const schedule: BroadcastSchedule = isLocal ? { kind: 'local', at: name } : { kind: 'now' };
  const by = firing.by ?? 'system';
  const { id } = await insertBroadcast(tx, {
    key,
    newsletter: newsletter.newsletter,
    segment: segment ?? null,
    audience: audienceFor(playbook.segments, { segment, when }),
    topic: template.topic,
    variants: [{ key: 'a', template: template.key, hash: template.hash }],
    schedule,
    rate: rate ?? null,
    trial: null,
    again: again === true,
    by,
  });
  return changeLocked(tx, id, 'running', { by, only: ['planned'] });
}
