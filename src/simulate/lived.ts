import type { Mailbox } from './mailbox.ts';

/** What a life is while it is played, and was afterwards. The rest stands in its database. */
export interface Lived {
  leadId: string;
  zone: string;
  /** When the persona comes in, epoch milliseconds. */
  startMs: number;
  endMs: number;
  mailbox: Mailbox;
  /** About the simulation itself: the persona was put into the cadence by hand, an act could not be done. */
  remarks: string[];
}
