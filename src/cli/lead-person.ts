/** `lead export` and `lead erase`: what a person may ask for. Thin calls into the API. */
import { writeFile } from 'node:fs/promises';
import { AppError } from '../domain/errors.ts';
import type { Config } from '../runtime/config.ts';
import type { Answer } from './command.ts';
import { idOf } from './lead.ts';
import { withApi } from './reach.ts';

interface Exported {
  leadId: string;
  exportedAt: string;
  data: Record<string, unknown[]>;
}

/**
 * @param out a new file that its owner alone can read; without it the answer is the export itself
 * @throws AppError LEAD_UNKNOWN; CONFLICT when there is such a file; VALIDATION_FAILED when it cannot be written
 */
export async function leadExport(config: Config, who: string, { out }: { out?: string }): Promise<Answer> {
  return withApi(config, async (api) => {
    const id = await idOf(api, who);
    const exported = await api.get<Exported>(`/v1/leads/${id}/export`);
    const text = JSON.stringify(exported, null, 2);
    if (out === undefined) return { data: exported, text };
    await writeNew(out, `${text}\n`);
    return { data: { leadId: id, file: out }, text: `Wrote ${out}: ${countsOf(exported)}.` };
  });
}

async function writeNew(file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: 0o600, flag: 'wx' }).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')
      throw new AppError('CONFLICT', `${file} is there already: choose another name.`);
    throw new AppError('VALIDATION_FAILED', `--out: ${file} cannot be written: is its folder there, and yours?`, {
      cause,
    });
  });
}

/** Without `really` it says what would be deleted. */
export async function leadErase(config: Config, who: string, { really }: { really: boolean }): Promise<Answer> {
  return withApi(config, async (api) => {
    const id = await idOf(api, who);
    const counts = countsOf(await api.get<Exported>(`/v1/leads/${id}/export`));
    if (!really)
      return {
        data: { leadId: id, erased: false },
        text: `This would delete ${id} for good: ${counts}. Nothing was done yet: add --do.`,
      };
    await api.delete(`/v1/leads/${id}`);
    return { data: { leadId: id, erased: true }, text: `${id} is erased: ${counts}.` };
  });
}

function countsOf({ data }: Exported): string {
  const filled = Object.entries(data).filter(([, rows]) => rows.length > 0);
  return filled.map(([what, rows]) => `${rows.length} of ${what}`).join(', ');
}
