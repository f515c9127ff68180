import type { Script } from '../life.ts';
import { READERS } from './readers.ts';
import { SENT_BACK } from './sent-back.ts';
import { VISITORS } from './visitors.ts';
import { WITH_SALES } from './with-sales.ts';

export const LIVES: readonly Script[] = [...READERS, ...VISITORS, ...SENT_BACK, ...WITH_SALES];
