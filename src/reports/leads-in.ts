import { Prisma } from '../store/generated/client.ts';
import { counted, ofTurns, valueOf } from './of-turns.ts';
import { CAME_TWICE } from './turns.ts';

const ALL = Prisma.sql`TRUE`;

export const LEADS_IN = ofTurns({
  key: 'leads-in',
  title: 'Leads in',
  question: 'How many leads come in, from where, and who are they?',
  by: [
    'week',
    'month',
    'source',
    'medium',
    'channel',
    'campaign',
    'campaignType',
    'needType',
    'productLine',
    'maturity',
    'industry',
    'companySize',
    'country',
    'region',
    'jobTitle',
    'fitGrade',
    'valueTier',
  ],
  drawn: ['needs', 'returned'],
  figures: [
    counted('needs', 'Came in', 'Needs that were opened: a lead that comes back with a new need counts again.', ALL),
    counted(
      'returned',
      'Came back',
      'Those of leads that had a need before.',
      Prisma.sql`(turn.lead_id IN ${CAME_TWICE}
        AND EXISTS (SELECT FROM needs earlier WHERE earlier.lead_id = turn.lead_id AND earlier.opened_at < turn.opened_at))`,
    ),
    counted('open', 'Still open', 'Needs that are not closed today.', Prisma.sql`turn.closed_at IS NULL`),
    counted('spam', 'Disqualified', 'Spam, invalid, competitors, duplicates.', Prisma.sql`turn.stage = 'disqualified'`),
    valueOf('value', 'Expected value', 'What the needs are worth, where it is stated.', ALL),
  ],
});
