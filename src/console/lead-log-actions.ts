/** What is logged with a lead, what is planned next, and until when it is put off. */
import { DateTime } from 'luxon';
import { idFor } from '../domain/ids.ts';
import { workingDayIn } from '../domain/next-step.ts';
import { workingDaysOf } from '../store/lists/working-days.ts';
import { logActivities, type NewActivity } from '../store/sales/log-activity.ts';
import { snooze } from '../store/sales/snooze.ts';
import type { ConsoleDeps } from './deps.ts';
import { bounded, chosen, field, LONGEST_TEXT } from './fields.ts';
import { CAME_OF_IT, LOGGED } from './lead-forms.ts';
import { actorOfPost, type OnPost, type Post } from './lead-post.ts';
import { timesOf } from './words.ts';
import { wrongField } from './wrong.ts';

/** A time is written in whole minutes. */
const A_MINUTE_MS = 60_000;

type Logged = Omit<NewActivity, 'leadId'>;

export function logPosts(onPost: OnPost, deps: ConsoleDeps): void {
  const { store } = deps;
  const page = ({ leadId }: Post): string => `/console/leads/${leadId}`;

  onPost('log', async (post) => {
    const { request, commandId, leadId } = post;
    const actor = await actorOfPost(deps, post, 'log-activity');
    const step = field(request, 'step', LONGEST_TEXT);
    const contact = contactOf(post);
    const isDated = field(request, 'in') !== '' || field(request, 'dueAt') !== '';
    if (contact === null && step === '' && !isDated)
      throw wrongField('kind', 'Choose what it was, or say below what is to be done next.');
    if (isDated && step === '' && (contact === null || contact.kind === 'note'))
      throw wrongField('step', 'Say what is to be done.');
    const dueAt = step !== '' || isDated ? await dueOf(post) : null;
    const id = idFor('activity', commandId);
    const all: Logged[] = [];
    // A contact with a date alone plans the next contact.
    if (contact !== null) all.push({ ...contact, id, ...(dueAt !== null && step === '' && { dueAt }) });
    if (dueAt !== null && step !== '')
      all.push({
        id: contact === null ? id : idFor('activity', `${commandId}:step`),
        kind: 'next-step',
        body: bounded(step),
        dueAt,
      });
    const { ringIds } = await logActivities(store, actor, leadId, all);
    deps.ring(ringIds);
    return `${page(post)}?done=${contact === null ? 'planned' : dueAt === null ? 'logged' : 'logged-planned'}`;
  });

  onPost('snooze', async (post) => {
    const actor = await actorOfPost(deps, post, 'log-activity');
    const isWoken = field(post.request, 'in') === 'wake';
    const until = isWoken ? null : await dueOf(post, 'until', 'Choose until when it is snoozed, or write a date.');
    const { ringIds } = await snooze(store, actor, post.leadId, until, (at, lead) =>
      timesOf(lead, post.visitor.zone)(at),
    );
    deps.ring(ringIds);
    return `${page(post)}?done=${isWoken ? 'woken' : 'snoozed'}`;
  });

  /** The day that was chosen, or the date and time that were written, in the visitor's zone. @throws AppError VALIDATION_FAILED */
  async function dueOf(
    { request, leadId, visitor: { zone } }: Post,
    name = 'dueAt',
    missing = 'Choose when it is due, or write a date and a time.',
  ): Promise<Date> {
    const days = Number(field(request, 'in') || Number.NaN);
    const written = field(request, name);
    // The form to put a lead off always has a day chosen.
    if (written !== '' && name === 'dueAt' && field(request, 'in') !== '')
      throw wrongField(name, 'Choose a day or write a date, not both.');
    if (written === '' && Number.isInteger(days) && days > 0 && days <= 365)
      return workingDayIn(days, {
        nowMs: store.realNow(),
        zone,
        isWorkingDay: await workingDaysOf(store.db, leadId, store.rules.current().playbook),
      });
    const due = DateTime.fromISO(written, { zone });
    if (due.isValid && name === 'dueAt' && due.toMillis() < store.realNow() - A_MINUTE_MS)
      throw wrongField(name, 'This has passed: write a date and time to come.');
    if (due.isValid && due.year < 10_000) return due.toJSDate();
    throw wrongField(written === '' ? 'in' : name, missing);
  }
}

/** Null: nothing is to be logged. @throws AppError VALIDATION_FAILED */
function contactOf({ request }: Post): Logged | null {
  const body = field(request, 'body', LONGEST_TEXT);
  const came = field(request, 'came');
  if (field(request, 'kind') === '' && body === '' && came === '') return null;
  const kind = chosen(request, 'kind', LOGGED, 'Choose what it was.');
  if (kind === 'note' && body === '') throw wrongField('body', 'A note has a text.');
  const result = came === '' ? null : chosen(request, 'came', CAME_OF_IT, 'Choose whether you reached them.');
  if (kind === 'note' && result !== null)
    throw wrongField('came', 'A note reaches nobody: choose what it was, or “Not said”.');
  return { kind, ...(body !== '' && { body: bounded(body) }), ...(result !== null && { result }) };
}
