import type { Table } from './tables.ts';

/** What each part of a past life is written with. */
export interface Writing {
  add: (table: Table, row: Record<string, unknown>) => void;
  /** The instant so many days after the lead came in. */
  at: (afterDays: number) => string;
  /** Whether it lies before the end of the history. */
  happened: (afterDays: number) => boolean;
  leadId: string;
}
