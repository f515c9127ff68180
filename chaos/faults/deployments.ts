import type { Version } from '../versions.ts';

export interface Deploy {
  version: Version;
  beganAt: number;
  /** When every worker ran that version. */
  doneAt: number;
}

/** A lead whose workflow task fails, as seen at that moment. */
export interface Wedged {
  leadId: string;
  /** How long something has been due for the lead; also 0 when nobody can be expected to have noticed. */
  lateMs: number;
  /** Its entry in GET /v1/attention. */
  findings: readonly string[];
}

export interface Deployments {
  readonly done: Deploy[];
  readonly wedged: Wedged[];
}
