/** `suppression import`, `export`, `add`, `lift` and `show`: thin calls into the API. */
import { readFile } from 'node:fs/promises';
import { countOf } from '../domain/count-of.ts';
import { AppError } from '../domain/errors.ts';
import type { Config } from '../runtime/config.ts';
import type { Answer } from './command.ts';
import { withApi } from './reach.ts';

interface Entry {
  reason: string;
  source: string;
  since: string;
}

export async function suppressionImport(config: Config, file: string): Promise<Answer> {
  const csv = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('VALIDATION_FAILED', `${file} cannot be read.`, { cause });
  });
  return withApi(config, async (api) => {
    const data = await api.postCsv<{
      lines: number;
      added: number;
      refused: number;
      problems: { line: number; message: string }[];
      warnings: string[];
    }>('/v1/suppressions/import', csv);
    const problems = data.problems.map(({ line, message }) => `  line ${line}: ${message}`);
    const left = data.refused - problems.length;
    const text = [
      `${countOf(data.lines, 'line')} read, ${countOf(data.added, 'suppression')} added, ${countOf(data.refused, 'line')} refused.`,
      ...problems,
      ...(left > 0 ? [`  and ${left} more`] : []),
      ...data.warnings.map((warning) => `  ${warning}`),
    ];
    return { data, text: text.join('\n'), exitCode: data.refused > 0 ? 1 : 0 };
  });
}

export async function suppressionExport(config: Config): Promise<Answer> {
  return withApi(config, async (api) => {
    const csv = (await api.getText('/v1/suppressions/export')).trimEnd();
    return { data: { csv }, text: csv };
  });
}

export async function suppressionShow(config: Config, email: string): Promise<Answer> {
  return withApi(config, async (api) => {
    const data = await api.post<{ items: Entry[] }>('/v1/suppressions/lookup', { email });
    return { data, text: standing(data.items) };
  });
}

export async function suppressionAdd(
  config: Config,
  email: string,
  { reason, note }: { reason?: string; note?: string },
): Promise<Answer> {
  return withApi(config, async (api) => {
    const body = { email, ...(reason === undefined ? {} : { reason }), ...(note === undefined ? {} : { note }) };
    const data = await api.post<{ items: Entry[] }>('/v1/suppressions', body);
    return { data, text: standing(data.items) };
  });
}

export async function suppressionLift(
  config: Config,
  email: string,
  { reason, note }: { reason: string; note?: string },
): Promise<Answer> {
  return withApi(config, async (api) => {
    const body = { email, reason, ...(note === undefined ? {} : { note }) };
    const data = await api.post<{ lifted: boolean; left: string[] }>('/v1/suppressions/lift', body);
    const what = data.lifted ? `${reason} is lifted.` : `${reason} did not stand against it.`;
    const left = data.left.length === 0 ? ' Nothing stands against it now.' : ` Still there: ${data.left.join(', ')}.`;
    return { data, text: what + left };
  });
}

function standing(items: readonly Entry[]): string {
  if (items.length === 0) return 'Nothing stands against it.';
  return items.map(({ reason, source, since }) => `${reason}  since ${since}  (${source})`).join('\n');
}
