import type { Agent } from '../../domain/agent.ts';
import type { Hint } from '../../domain/machine-open.ts';

/** One fetch of a pixel or a tracked link, with the facts from its request and token. */
export interface TrackedFetch {
  /** Id of the event that it becomes, so that it counts once however often it is tried. */
  id: string;
  sendId: string;
  /** Null for the pixel. */
  linkId: number | null;
  /** HTTP method. */
  method: string;
  agent: Agent;
  hints?: readonly Hint[];
  /** Real time. */
  at: Date;
}

/** Fetches of one pixel or link that are counted and become no event. */
export interface Repeats {
  sendId: string;
  linkId: number | null;
  count: number;
  /** Real time of the last. */
  at: Date;
}
