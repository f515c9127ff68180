/** `reps hand-over`: the leads of a rep who leaves or is ill go to others. Each is a command of its own, through the API. */
import { randomUUID } from 'node:crypto';
import { countOf } from '../domain/count-of.ts';
import { AppError, isAppError } from '../domain/errors.ts';
import { formatForPeople } from '../domain/schedule.ts';
import type { Config } from '../runtime/config.ts';
import type { ApiClient, Assignments } from './client.ts';
import type { Answer } from './command.ts';
import { idOf } from './lead.ts';
import { withApi } from './reach.ts';

export interface HandOverOptions {
  /** Keys or ids of reps. */
  to?: string[];
  team?: string;
  /** Ids or addresses; none: all that the rep has. */
  lead?: string[];
  note?: string;
  do?: boolean;
}

type Held = Assignments['items'][number];

/** What became of a lead. */
interface Moved {
  leadId: string;
  name: string | null;
  /** Key of who has it now; null: nobody yet. */
  rep: string | null;
  /** Zones of the teams that have it now and had it before. */
  timeZone: string;
  timeZoneBefore: string;
  dueAt: string | null;
  dueBefore: string | null;
  message: string;
  problem: string | null;
}

type Done = Pick<Moved, 'dueAt' | 'dueBefore' | 'message'>;

/**
 * Without `do` nothing happens: it is told which leads that would be.
 * @throws AppError VALIDATION_FAILED for no or two targets, or the refusal of the API
 */
export async function handOverLeads(config: Config, rep: string, options: HandOverOptions): Promise<Answer> {
  const to = targetOf(options);
  return withApi(config, async (api) => {
    const held = await heldBy(api, rep, options.lead ?? []);
    if (held.length === 0)
      return { data: { leads: [] }, text: `${rep} has no open lead${options.lead ? ' of these' : ''}.` };
    if (options.do !== true)
      return { data: { leads: held.map(({ lead }) => lead) }, text: previewOf(rep, held, options) };
    const moved: Moved[] = [];
    // Who gets several is told in one mail.
    const together = held.length > 1 ? { handOver: randomUUID() } : {};
    // One after the other: the turn order counts.
    for (const one of held)
      moved.push(await handOver(api, one, { ...to, ...together, ...(options.note && { note: options.note }) }));
    const isWhole = moved.every(({ problem }) => problem === null);
    return { data: { leads: moved }, text: inWords(moved), exitCode: isWhole ? 0 : 1 };
  });
}

function targetOf({ to = [], team }: HandOverOptions): { team: string } | { rep: string } | { reps: string[] } {
  const [first, ...others] = to;
  if ((first === undefined) === (team === undefined))
    throw new AppError('VALIDATION_FAILED', 'Say who gets the leads: --to a rep, or several times --to, or --team.');
  if (team !== undefined) return { team };
  return others.length === 0 ? { rep: first ?? '' } : { reps: to };
}

const OPEN: ReadonlySet<string> = new Set(['assigned', 'qualifying', 'accepted', 'opportunity']);

/** What the rep has to decide on, and what they accepted that is still open. */
async function heldBy(api: ApiClient, rep: string, leads: readonly string[]): Promise<Held[]> {
  const wanted = new Set(await Promise.all(leads.map((who) => idOf(api, who))));
  const all: Held[] = [];
  for (const status of ['offered', 'accepted'] as const) {
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = new URLSearchParams({ rep, status, limit: '200', ...(cursor !== '' && { cursor }) });
      const page: Assignments = await api.get(`/v1/assignments?${query.toString()}`);
      all.push(...page.items);
      cursor = page.nextCursor;
    }
  }
  const open = all.filter(({ lead }) => OPEN.has(lead.stage ?? '') && (wanted.size === 0 || wanted.has(lead.id)));
  // An accepted hand-off of an earlier need stays accepted: of a lead the newest counts.
  const newest = new Map(
    open.toSorted((a, b) => (a.offeredAt < b.offeredAt ? -1 : 1)).map((one) => [one.lead.id, one]),
  );
  return [...newest.values()].filter((one) => one.rep.key === rep || one.rep.id === rep);
}

/** What refuses one lead, such as that it moved on meanwhile, keeps no other. */
async function handOver(api: ApiClient, { id, lead, timeZone }: Held, body: object): Promise<Moved> {
  const about = { leadId: lead.id, name: lead.name, timeZone, timeZoneBefore: timeZone };
  try {
    const done = await api.post<Done>(`/v1/assignments/${id}/reroute`, body);
    const { items } = await api.get<Assignments>(`/v1/assignments?lead=${lead.id}&limit=1`);
    const now = items.find(({ status }) => status === 'offered' || status === 'accepted');
    const { message, dueAt, dueBefore } = done;
    const zone = now?.timeZone ?? timeZone;
    return { ...about, timeZone: zone, rep: now?.rep.key ?? null, dueAt, dueBefore, message, problem: null };
  } catch (error) {
    if (!isAppError(error) || error.code === 'UNAVAILABLE') throw error;
    return { ...about, rep: null, dueAt: null, dueBefore: null, message: '', problem: error.message };
  }
}

function previewOf(rep: string, held: readonly Held[], { to = [], team }: HandOverOptions): string {
  const target = team === undefined ? to.join(', ') : `team ${team}`;
  return [
    `${countOf(held.length, 'lead')} of ${rep} would go to ${target}${to.length > 1 ? sharesOf(held.length, to.length) : ''}. Nothing was done: add --do.`,
    ...held.map(({ lead, dueAt, status, timeZone }) => {
      const clock = status === 'offered' && dueAt !== null ? `, to decide by ${when(dueAt, timeZone)}` : '';
      return `  ${lead.id}  ${[lead.name, lead.stage].filter((part) => part !== null).join(', ')}${clock}`;
    }),
    'Each becomes a new offer, and its time to accept begins anew; an opportunity stays one. Next steps and tasks go along. Who gets several is told in one mail.',
  ].join('\n');
}

/** Each goes to whose turn it is at that moment, so a share is not known to the lead. */
function sharesOf(leads: number, reps: number): string {
  const least = Math.floor(leads / reps);
  const share = leads % reps === 0 ? String(least) : `${least} or ${least + 1}`;
  return ` (${share} each with the same weight and room; more to a greater weight, none to who is away or full)`;
}

function inWords(moved: readonly Moved[]): string {
  const refused = moved.filter(({ problem }) => problem !== null).length;
  return [
    `Handed over: ${moved.length - refused}. Not handed over: ${refused}.`,
    ...moved.map(
      (one) => `  ${one.leadId}  ${one.name === null ? '' : `${one.name}: `}${one.problem ?? becameOf(one)}`,
    ),
  ].join('\n');
}

function becameOf({ rep, message, dueAt, dueBefore, timeZone, timeZoneBefore }: Moved): string {
  const before = dueBefore === null ? '' : ` (before: ${when(dueBefore, timeZoneBefore)})`;
  const clock = dueAt === null ? '' : `, to decide by ${when(dueAt, timeZone)}`;
  return `${rep === null ? message : `with ${rep}`}${clock}${before}`;
}

/** "Mon 30 Nov 09:00 Europe/Berlin" */
function when(at: string, zone: string): string {
  return formatForPeople(Date.parse(at), zone, Date.now());
}
