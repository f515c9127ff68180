/** `lead outcome` and `lead reopen`: thin calls into the API. */
import { decimalsOf, isCurrency } from '../domain/currency.ts';
import { AppError } from '../domain/errors.ts';
import type { Config } from '../runtime/config.ts';
import type { Answer } from './command.ts';
import { idOf } from './lead.ts';
import { withApi } from './reach.ts';

export interface OutcomeOptions {
  reason?: string;
  funnelStage?: string;
  needId?: string;
  value?: string;
  note?: string;
}

interface Done {
  stage: string;
  message: string;
}

/** @throws AppError VALIDATION_FAILED for a value that is no amount of money, or the refusal of the API */
export async function leadOutcome(
  config: Config,
  who: string,
  result: string,
  options: OutcomeOptions,
): Promise<Answer> {
  const { value, ...said } = options;
  const body = { result, ...said, ...(value !== undefined && { value: moneyOf(value) }) };
  return withApi(config, async (api) => {
    const done = await api.post<Done>(`/v1/leads/${await idOf(api, who)}/outcome`, body);
    return { data: done, text: `${done.message} Stage: ${done.stage}.` };
  });
}

export async function leadReopen(config: Config, who: string, note: string): Promise<Answer> {
  return withApi(config, async (api) => {
    const done = await api.post<Done>(`/v1/leads/${await idOf(api, who)}/reopen`, { note });
    return { data: done, text: `${done.message} Stage: ${done.stage}.` };
  });
}

function moneyOf(text: string): { amount: number; currency: string } {
  const [, amount = '', currency = ''] = /^(\d{1,12}(?:\.\d{1,4})?) ([A-Za-z]{3})$/.exec(text) ?? [];
  const code = currency.toUpperCase();
  const minor = Number(amount) * 10 ** decimalsOf(code);
  if (amount !== '' && isCurrency(code) && Math.abs(minor - Math.round(minor)) < 1e-6)
    return { amount: Math.round(minor), currency: code };
  throw new AppError(
    'VALIDATION_FAILED',
    `--value: expected an amount and a currency such as "12500.00 EUR", found "${text}"`,
  );
}
