/** In the order of what refers to what: triggers of an event write to its message. */
export const TABLES = [
  'leads',
  'needs',
  'touches',
  'audit',
  'stage_changes',
  'funnel_changes',
  'consents',
  'suppressions',
  'assignments',
  'tasks',
  'enrollments',
  'split_arms',
  'sends',
  'events',
  'score_ledger',
] as const;
export type Table = (typeof TABLES)[number];
