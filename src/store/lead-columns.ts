import { Prisma, type Lead } from './generated/client.ts';

/** Every column of `leads` by its field; the compiler misses the one that a migration adds. */
const COLUMN_OF = {
  id: 'id',
  email: 'email',
  phone: 'phone',
  firstName: 'first_name',
  lastName: 'last_name',
  company: 'company',
  jobTitle: 'job_title',
  industry: 'industry',
  companySize: 'company_size',
  country: 'country',
  language: 'language',
  timeZone: 'time_zone',
  preferredChannel: 'preferred_channel',
  attributes: 'attributes',
  accountId: 'account_id',
  stage: 'stage',
  needId: 'need_id',
  ownerId: 'owner_id',
  source: 'source',
  score: 'score',
  scoreAt: 'score_at',
  fitGrade: 'fit_grade',
  fitPoints: 'fit_points',
  armed: 'armed',
  armedAt: 'armed_at',
  coolOffUntil: 'cool_off_until',
  lastEngagedAt: 'last_engaged_at',
  lastHighIntentAt: 'last_high_intent_at',
  qualifiedAt: 'qualified_at',
  qualifiedBy: 'qualified_by',
  clockOffsetMs: 'clock_offset_ms',
  clockMovingSince: 'clock_moving_since',
  nextDueAt: 'next_due_at',
  nextSummary: 'next_summary',
  awaiting: 'awaiting',
  pausedAt: 'paused_at',
  pausedReason: 'paused_reason',
  heldAt: 'held_at',
  heldReason: 'held_reason',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
} as const satisfies Record<keyof Lead, string>;

/** Column list of a raw SELECT whose rows are `Lead`s. */
export const LEAD_COLUMNS = Prisma.raw(
  Object.entries(COLUMN_OF)
    .map(([field, column]) => `${column} AS "${field}"`)
    .join(', '),
);
