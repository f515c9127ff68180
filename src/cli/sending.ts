/** `sending show`, `pause`, `resume` and `lift`: thin calls into the API. */
import { countOf } from '../domain/count-of.ts';
import type { Config } from '../runtime/config.ts';
import type { Answer } from './command.ts';
import { pauseInWords } from './pause-words.ts';
import { withApi } from './reach.ts';

interface Limited {
  limit: string;
  atMost: string;
  usedToday: number;
  /** Absent in answers of an older API. */
  of?: string | null;
  waiting: { what: string; until: string }[];
}

interface Sending {
  paused: boolean;
  pauses: { cadence: string | null; since: string; by: string; reason: string | null }[];
  limits: Limited[];
  refusing: { receiver: string; since: string; refusals: number; until: string; reason: string }[];
}

export async function sendingShow(config: Config): Promise<Answer> {
  return withApi(config, async (api) => {
    const data = await api.get<Sending>('/v1/sending');
    const lines = data.pauses.map(pauseInWords);
    const limits = limitsInWords(data.limits);
    const refusing = data.refusing.map(
      ({ receiver, since, refusals, until, reason }) =>
        `${receiver} takes no mail of ours since ${since} (refusals in a row: ${refusals}); one tries at ${until}: ${reason}`,
    );
    const paused = lines.length === 0 ? ['Nothing is paused.'] : lines;
    return {
      data,
      text: [...paused, ...refusing, ...(limits.length === 0 ? ['No limit is set.'] : limits)].join('\n'),
    };
  });
}

/** Domains that share the words of a limit stand below it: those of which mails wait, and the most used. */
function limitsInWords(limits: readonly Limited[]): string[] {
  return limits
    .filter(({ of = null }) => of === null)
    .flatMap((one) => {
      const domains = limits.filter(({ of = null }) => of === one.limit);
      return [...limitInWords(one), ...domainsInWords(domains).map((line) => `  ${line}`)];
    });
}

function limitInWords({ limit, atMost, usedToday, waiting }: Limited): string[] {
  const words = `${atMost[0]?.toUpperCase() ?? ''}${atMost.slice(1)}`;
  const today = `${countOf(usedToday, 'mail')} counted today`;
  return [
    limit === 'domain:*' ? words : `${words} (${today})`,
    ...waiting.map(({ what, until }) => `  ${what} waits, the last of it until ${until}`),
  ];
}

const SHOWN = 3;

function domainsInWords(domains: readonly Limited[]): string[] {
  const waiting = domains.filter((one) => one.waiting.length > 0);
  const used = domains.filter((one) => one.waiting.length === 0 && one.usedToday > 0);
  const most = used
    .toSorted((a, b) => b.usedToday - a.usedToday)
    .slice(0, SHOWN)
    .map(({ limit, usedToday }) => `${limit.replace('domain:', '')} ${usedToday}`);
  const others = used.length - most.length;
  return [
    ...waiting.flatMap(limitInWords),
    ...(most.length === 0
      ? []
      : [`Counted today: ${most.join(', ')}${others === 0 ? '' : ` and ${countOf(others, 'other domain')}`}`]),
  ];
}

export async function sendingPause(config: Config, { reason }: { reason?: string }): Promise<Answer> {
  return withApi(config, async (api) => {
    const data = await api.post('/v1/sending/pause', reason === undefined ? {} : { reason });
    return { data, text: 'All sending to leads is paused.' };
  });
}

/** @throws AppError CONFLICT when it is not paused */
export async function sendingResume(config: Config): Promise<Answer> {
  return withApi(config, async (api) => {
    const data = await api.post<{ waiting: number }>('/v1/sending/resume', {});
    return { data, text: goesOn(data.waiting) };
  });
}

function goesOn(waiting: number): string {
  if (waiting === 0) return 'Sending goes on; nothing fell due meanwhile.';
  if (waiting === 1) return 'Sending goes on, with what fell due for 1 lead.';
  return `Sending goes on, with what fell due for ${waiting} leads, one after the other.`;
}

/** @throws AppError NOT_FOUND when it refuses nothing */
export async function sendingLift(config: Config, receiver: string): Promise<Answer> {
  return withApi(config, async (api) => {
    await api.postOnly(`/v1/sending/receivers/${encodeURIComponent(receiver)}/lift`, {});
    return {
      data: { receiver },
      text: `Mails may go to ${receiver} again; those that wait leave now, one after the other.`,
    };
  });
}
