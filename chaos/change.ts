/** Names shared by the changed workflows and the checks of their histories. No imports: workflows use this file. */

/** Id of the patch, which leaves a marker in the history of each run that begins under it. */
export const CHANGE = 'chaos-gather-bells';
/** The error of the failing workflow tasks. */
export const DEFECT = 'a defect in this version of the workflow';

/** True for a quarter of the leads, chosen by the end of their ids. */
export function meetsDefect(leadId: string): boolean {
  return /[048c]$/.test(leadId);
}
