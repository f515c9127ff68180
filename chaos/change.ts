/** What the changed versions of the workflow and those who look for their traces agree on. No imports: workflows use it. */

/** Id of the patch, which leaves a marker in the history of each run that begins under it. */
export const CHANGE = 'chaos-gather-bells';
/** What the workflow tasks of the broken version fail with. */
export const DEFECT = 'a defect in this version of the workflow';

/** A quarter of the leads, by the end of their ids. */
export function meetsDefect(leadId: string): boolean {
  return /[048c]$/.test(leadId);
}
