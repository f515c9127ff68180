/** The permanent control group: a share of the leads gets no marketing, so that what marketing brings can be told. */
import { stableShare } from './stable-share.ts';

/** Always the same for a lead. Who is of 2 percent is of 5 percent as well. `share`: 0 to 1; undefined: there is no control group. */
export function isOfControlGroup(leadId: string, share: number | undefined): boolean {
  return share !== undefined && stableShare('control-group', leadId) < share;
}

export const CONTROL_GROUP_WORDS = 'it is of the control group, which gets no marketing';
