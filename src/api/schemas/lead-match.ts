import { z } from 'zod';
import { MAIL_RESULTS, RUN_RESULTS } from '../../store/lists/lead-match.ts';
import { text } from './common.ts';

/** What the figures of reports and cadences lead to: src/reports/ask-leads.ts reads them. */
export const LEAD_MATCH = {
  step: text(100).optional().meta({
    description:
      'With `cadence`: leads that stand at this step of it now, also in a cadence that runs beside, or is suspended',
  }),
  mail: z.enum(MAIL_RESULTS).optional().meta({
    description:
      'With `step`: leads whose message of the step came to this, whenever it was. Reactions are those of people',
  }),
  arm: text(100)
    .optional()
    .meta({ description: 'With `step`: leads that came to this arm of the split, `holdout` among them' }),
  left: text(300)
    .optional()
    .meta({
      description:
        'With `step`: leads that stood there when they left the cadence before its end; why, in the words in which it ended, `qualified` for sales, or `any` but that. ' +
        'With `cadence` alone: those of whom it is not known where they stood',
      example: 'unsubscribed',
    }),
  to: text(100).optional().meta({
    description:
      'With `step`: leads that went on from it straight to this step, of the newest 20,000 who entered the cadence: what the arrows of its map tell',
  }),
  run: z
    .enum(RUN_RESULTS)
    .optional()
    .meta({
      description:
        'With `cadence`: leads of whom a run through it, of whatever revision, came to this. `current`: it has not ended; `active`: and is not suspended; ' +
        '`left`: it ended before its end, and not because sales took over; `qualified`: because it did',
    }),
  campaign: text(200).optional().meta({ description: 'Key of a campaign that a touch of the lead is of' }),
  since: text(10).optional().meta({
    description: 'A need of the lead came in on this day or later, or within so many days: 90d',
    example: '2026-01-01',
  }),
  until: text(10)
    .optional()
    .meta({ description: 'A need of the lead came in on this day or before', example: '2026-03-31' }),
  inStageSince: text(10).optional().meta({
    description: 'In its stage since this day or longer, or for so many days or longer: 30d',
    example: '30d',
  }),
  overdue: z
    .enum(['true', 'false'])
    .optional()
    .meta({
      description: 'Whether a decision, an answer, a contact, a next step or a task of its rep is late',
      override: { type: 'boolean' },
    }),
};
