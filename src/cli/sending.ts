/** `sending show`, `pause`, `resume` and `lift`: thin calls into the API. */
import type { Config } from '../runtime/config.ts';
import type { Answer } from './command.ts';
import { pauseInWords } from './pause-words.ts';
import { withApi } from './reach.ts';

interface Sending {
  paused: boolean;
  pauses: { cadence: string | null; since: string; by: string; reason: string | null }[];
  limits: { atMost: string; usedToday: number; waiting: { what: string; until: string }[] }[];
  refusing: { receiver: string; since: string; refusals: number; until: string; reason: string }[];
}

export async function sendingShow(config: Config): Promise<Answer> {
  return withApi(config, async (api) => {
    const data = await api.get<Sending>('/v1/sending');
    const lines = data.pauses.map(pauseInWords);
    const limits = data.limits.flatMap(({ atMost, usedToday, waiting }) => [
      `${atMost[0]?.toUpperCase() ?? ''}${atMost.slice(1)}: ${usedToday} today`,
      ...waiting.map(({ what, until }) => `  ${what} waits, the last of it until ${until}`),
    ]);
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
  if (waiting === 1) return 'Sending goes on: 1 lead with something to do is told.';
  return `Sending goes on: ${waiting} leads with something to do are told one after the other.`;
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
