/** Plays lives, a few at a time, and says how each ended. */
import { AppError, isAppError } from '../../domain/errors.ts';
import type { Lead, TimelineEntry, Why } from '../client.ts';
import { Life, type Script, type Setting } from './life.ts';
import { daysBetween, tellStory, type StoryLine } from '../../domain/story.ts';

/** A life that was played, with everything that is shown of it. */
export interface Played {
  script: Script;
  lead: Lead;
  next: Why['next'];
  story: StoryLine[];
  mails: MailSent[];
}

export interface MailSent {
  at: string;
  day: number;
  template: string;
  to: 'lead' | 'rep';
  status: string;
}

export interface Show {
  /** A life begins or is over; `underWay` are those being played. */
  onChange(underWay: readonly string[], over: number): void;
  onPlayed(played: Played): void;
}

export const nameOf = ({ person }: Script): string => `${person.firstName} ${person.lastName}`;

/**
 * Plays the lives in their order, at most `atOnce` at a time, and returns the results in that order. After a failure no
 * further life begins, and the running ones end first.
 *
 * @throws AppError in one line: whose life stopped, and why
 */
export async function playAll(
  setting: Setting,
  scripts: readonly Script[],
  atOnce: number,
  show: Show,
): Promise<Played[]> {
  const results = new Map<Script, Played>();
  const underWay = new Set<string>();
  const waiting = [...scripts];
  let failure: AppError | undefined;
  const one = async (): Promise<void> => {
    for (let script = waiting.shift(); script !== undefined && failure === undefined; script = waiting.shift()) {
      underWay.add(nameOf(script));
      show.onChange([...underWay], results.size);
      try {
        const played = await playOne(setting, script);
        results.set(script, played);
        show.onPlayed(played);
      } catch (error) {
        failure ??= failureIn(script, error);
      }
      underWay.delete(nameOf(script));
      show.onChange([...underWay], results.size);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  if (failure !== undefined) throw failure;
  return scripts.flatMap((script) => results.get(script) ?? []);
}

async function playOne(setting: Setting, script: Script): Promise<Played> {
  const life = new Life(setting, script.person);
  await script.play(life);
  const [lead, why, timeline] = await Promise.all([life.look(), life.why(), life.timeline()]);
  if (lead.stage !== script.ends)
    throw new AppError('INTERNAL', `It should end in stage ${script.ends}, but ended in ${lead.stage}.`);
  const zone = script.person.timeZone;
  return { script, lead, next: why.next, story: tellStory(timeline, zone), mails: mailsOf(timeline, zone) };
}

function mailsOf(timeline: readonly TimelineEntry[], zone: string): MailSent[] {
  return timeline
    .filter(({ kind }) => kind === 'send')
    .map(({ at, data }) => ({
      at,
      day: daysBetween(timeline[0]?.at ?? at, at, zone),
      template: String(data['template']),
      to: data['audience'] === 'rep' ? 'rep' : 'lead',
      status: String(data['status']),
    }));
}

function failureIn(script: Script, error: unknown): AppError {
  const message = error instanceof Error ? error.message : String(error);
  const code = isAppError(error) ? error.code : 'INTERNAL';
  return new AppError(code, `The demo stopped in the life of ${nameOf(script)}: ${message}`, { cause: error });
}
