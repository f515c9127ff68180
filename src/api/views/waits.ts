import type { z } from 'zod';
import type { Wait } from '../../domain/waits.ts';
import type { Waits } from '../schemas/waits.ts';

export function waitView({ since, until, ask: _ask, ...wait }: Wait): z.input<typeof Waits> {
  return { ...wait, since: since?.toISOString() ?? null, until: until?.toISOString() ?? null };
}
