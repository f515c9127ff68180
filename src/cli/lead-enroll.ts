/** `lead enroll`: many leads into a cadence or before one of its steps. A thin call into the API; first a preview. */
import { parse, YAMLParseError } from 'yaml';
import { countOf } from '../domain/count-of.ts';
import { AppError } from '../domain/errors.ts';
import type { Config } from '../runtime/config.ts';
import type { Answer } from './command.ts';
import { withApi } from './reach.ts';
import type { Run } from './run-words.ts';

export interface EnrollChoice {
  /** A condition, as it stands in a file. */
  where: string;
  step?: string;
  rate?: number;
  /** Not only a preview. */
  do?: boolean;
}

interface Preview {
  when: string;
  count: number;
  sample: string[];
  run: Run | null;
}

/** @throws AppError VALIDATION_FAILED, CADENCE_UNKNOWN */
export async function leadEnroll(
  config: Config,
  cadence: string,
  { where, step, rate, do: isMeant = false }: EnrollChoice,
): Promise<Answer> {
  const when = conditionOf(where);
  return withApi(config, async (api) => {
    const command = { kind: 'enroll', cadence, ...(step === undefined ? {} : { step }) };
    const answer = await api.post<Preview>('/v1/bulk-runs', {
      command,
      when,
      preview: !isMeant,
      ...(isMeant && rate !== undefined && { rate }),
    });
    const place = step === undefined ? `into ‘${cadence}’` : `before ‘${step}’ of ‘${cadence}’`;
    return { data: answer, text: inWords(answer, place) };
  });
}

/** "source: ebook", "{ source: ebook, stage: dormant }", or JSON. */
function conditionOf(text: string): object {
  try {
    const value: unknown = parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
  }
  throw new AppError(
    'VALIDATION_FAILED',
    `--where is a condition as in a cadence, such as 'source: ebook' or '{ segment: interested, stage: dormant }'; found ${text}`,
  );
}

function inWords({ when, count, sample, run }: Preview, place: string): string {
  const leads = countOf(count, 'lead');
  const whom = `${leads} for whom this holds: ${when}`;
  if (run !== null) return `${whom}\nThey go ${place}, by ${run.id}. To see how far: npx nurture runs watch ${run.id}`;
  const some = sample.map((id) => `  ${id}`);
  if (count === 0) return `${whom}\nNobody would go ${place}.`;
  return [
    whom,
    ...some,
    ...(count > sample.length ? [`  … and ${count - sample.length} more`] : []),
    `Would go ${place}. A lead that is with sales refuses; one in another cadence leaves it. Nothing was done.`,
    'To do it: the same with --do',
  ].join('\n');
}
