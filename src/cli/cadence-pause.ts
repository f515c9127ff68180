/** `cadence pause` and `resume`: thin calls into the API. */
import type { Config } from '../runtime/config.ts';
import type { Answer } from './command.ts';
import { withApi } from './reach.ts';

export async function cadencePause(config: Config, cadence: string, { reason }: { reason?: string }): Promise<Answer> {
  return withApi(config, async (api) => {
    const body = reason === undefined ? {} : { reason };
    const data = await api.post(`/v1/cadences/${encodeURIComponent(cadence)}/pause`, body);
    return { data, text: `${cadence} is paused: its leads stand still.` };
  });
}

export async function cadenceResume(config: Config, cadence: string): Promise<Answer> {
  return withApi(config, async (api) => {
    const data = await api.post(`/v1/cadences/${encodeURIComponent(cadence)}/resume`, {});
    return { data, text: `${cadence} is resumed.` };
  });
}
