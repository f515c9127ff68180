import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { COUNT_DEFINITIONS, type DefinitionCounts, definitionsSection, leadsOfDefinition } from './definitions.ts';
import type { Grouped } from './grouped.ts';
import { countAttempts, countInTime, inTimeSection, leadsOfOffers } from './in-time.ts';
import { counted, ofTurns, reached, shareOf, timeWithin } from './of-turns.ts';
import {
  COUNT_REASONS_BY_RULE,
  COUNT_REASONS_IN_ALL,
  countReasonsByGroup,
  leadsOfReason,
  type ReasonInAll,
  type ReasonOfGroup,
  type ReasonOfRule,
  reasonsByGroup,
  reasonsByRule,
  reasonsInAll,
  withReasons,
} from './reasons.ts';
import type { Asked, Report, Section } from './report.ts';
import { together } from './together.ts';

const HANDED = reached('handed_at');
const ACCEPTED = reached('accepted_at');

/** After a rep sent it back it came to sales, or to who is ready for sales, once more. Who was sent back is read from an index of these alone. */
const READY_AGAIN = Prisma.sql`turn.id IN (
  SELECT back.need_id FROM stage_changes back JOIN stage_changes again ON again.lead_id = back.lead_id AND again.need_id = back.need_id AND again.id > back.id
  WHERE back.to_stage = 'nurturing' AND back.from_stage IN ('assigned', 'accepted', 'opportunity')
    AND again.to_stage IN ('qualified', 'qualifying', 'assigned', 'accepted', 'opportunity', 'customer'))`;

const NEEDS = ofTurns({
  key: 'hand-off',
  title: 'Hand-off',
  question: 'Does sales take what marketing hands over, and how fast?',
  by: [
    'source',
    'campaign',
    'campaignType',
    'channel',
    'team',
    'rep',
    'week',
    'month',
    'needType',
    'productLine',
    'maturity',
    'fitGrade',
  ],
  drawn: ['handed', 'accepted'],
  figures: [
    counted(
      'handed',
      'Needs handed over',
      'Needs that came in within the period and were offered to a rep since, each once.',
      HANDED,
    ),
    counted('accepted', 'Needs accepted', 'Needs that a rep accepted, at the first offer or a later one.', ACCEPTED),
    shareOf('acceptance', 'Acceptance rate', 'Accepted, of those handed over.', ACCEPTED, HANDED),
    timeWithin('median', 'Time to accept, median', 'From the first offer until a rep accepted: half were faster.', {
      share: 0.5,
      from: 'handed_at',
      to: 'accepted_at',
      // Nobody accepts what is taken in as an opportunity.
      notAtOnce: true,
    }),
    timeWithin('p90', 'Time to accept, 90%', 'Nine in ten were faster.', {
      share: 0.9,
      from: 'handed_at',
      to: 'accepted_at',
      notAtOnce: true,
    }),
    counted(
      'recycled',
      'Needs back in the pool',
      'Needs that came back to the nurture pool at least once: a rep sent it back, or it was taken back as nothing happened.',
      Prisma.sql`turn.recycle_count > 0`,
    ),
    counted(
      'readyAgain',
      'Back in the pool, then ready again',
      'Needs that came back to the nurture pool at least once, and qualified or were handed over again after it.',
      Prisma.sql`turn.recycle_count > 0 AND ${READY_AGAIN}`,
    ),
    counted(
      'rests',
      'Back in the pool, dormant now',
      'Needs that came back to the nurture pool at least once, and to which nothing is left to send today.',
      Prisma.sql`turn.recycle_count > 0 AND turn.stage = 'dormant' AND turn.closed_at IS NULL`,
    ),
    counted(
      'recovered',
      'Back in the pool, then won',
      'Needs that came back to the nurture pool at least once, and were won all the same.',
      Prisma.sql`turn.recycle_count > 0 AND turn.won_at IS NOT NULL`,
    ),
    counted(
      'refused',
      'No need, or disqualified',
      'Needs that were handed over and ended without a sale.',
      Prisma.sql`${HANDED} AND turn.ended_at IS NOT NULL`,
    ),
  ],
});

export const HAND_OFF: Report = {
  ...NEEDS,
  parts: [(tx, asked) => NEEDS.parts[0](tx, handed(asked)), (tx, asked) => ofOffers(tx, handed(asked))],
  leads: (asked, figure, group) =>
    NEEDS.leads(asked, figure, group) ??
    leadsOfOffers(asked, figure, group) ??
    leadsOfDefinition(asked, figure) ??
    leadsOfReason(asked, figure, group),
};

/** What a rep was handed counts for that rep, also after it was sent back. The leads behind it are those that the rep may see now. */
function handed(asked: Asked): Asked {
  return { ...asked, handedToo: true };
}

/** What made a need ready is looked up for each that was handed over: once for all these sections. */
async function ofOffers(tx: Tx, asked: Asked): Promise<Section[]> {
  const rows = await together<{
    inTime: Grouped;
    attempts: Grouped;
    definitions: DefinitionCounts;
    inAll: ReasonInAll;
    byGroup: ReasonOfGroup;
    byRule: ReasonOfRule;
  }>(tx, withReasons(asked), {
    inTime: countInTime(asked),
    attempts: countAttempts(asked),
    definitions: COUNT_DEFINITIONS,
    inAll: COUNT_REASONS_IN_ALL,
    byGroup: countReasonsByGroup(asked),
    byRule: COUNT_REASONS_BY_RULE,
  });
  return [
    inTimeSection(asked, rows.inTime, rows.attempts),
    definitionsSection(rows.definitions),
    ...reasonsInAll(rows.inAll),
    reasonsByGroup(asked, rows.byGroup, rows.inAll),
    reasonsByRule(rows.byRule, rows.inAll),
  ];
}
