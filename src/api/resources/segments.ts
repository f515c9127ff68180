import { z } from 'zod';
import { explainCondition } from '../../domain/condition.ts';
import { AppError } from '../../domain/errors.ts';
import type { Segment } from '../../domain/segment.ts';
import type { PublishedRules } from '../../store/rules/in-force.ts';
import { readListedLeads } from '../../store/lists/leads.ts';
import { countLeadsWhere, leadIdsWhere } from '../../store/lists/segments.ts';
import { scopeFor } from '../access.ts';
import type { ApiDeps } from '../deps.ts';
import { answerPage, idCursor, PAGE_QUERY, readIdCursor } from '../page.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { text } from '../schemas/common.ts';
import { LeadPage } from '../schemas/lead.ts';
import { leadSummary } from '../views/lead.ts';

const SegmentView = z.object({
  segment: z.string(),
  description: z.string().nullable(),
  when: z.string().meta({ description: 'The condition in words', example: 'industry is one of winery, viticulture' }),
});
const Counted = SegmentView.extend({
  leads: z.int().meta({ description: 'Leads that are in it now, of those that the caller may see' }),
});
const NAMED = z.object({ segment: text(100) });

/** Saved conditions with a name, and who is in them now. */
export function segmentRoutes({ store: { db, realNow } }: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/segments',
      tag: 'Playbook',
      summary: 'The segments',
      access: 'see-playbook',
      answers: { 200: { description: 'In the order of the file', schema: z.object({ items: z.array(SegmentView) }) } },
      handle: ({ rules }) => Promise.resolve(json(200, { items: rules.playbook.segments.map(viewOf) })),
    }),
    route({
      method: 'get',
      path: '/v1/segments/:segment',
      tag: 'Playbook',
      summary: 'A segment, and how many leads are in it now',
      access: 'see-lead',
      params: NAMED,
      answers: { 200: { description: 'The segment', schema: Counted } },
      problems: ['NOT_FOUND'],
      async handle({ params, caller, rules }) {
        const segment = named(rules, params.segment);
        const asking = { scope: scopeFor(caller, 'see-lead'), realNowMs: realNow(), playbook: rules.playbook };
        return json(200, { ...viewOf(segment), leads: await countLeadsWhere(db, segment.when, asking) });
      },
    }),
    route({
      method: 'get',
      path: '/v1/segments/:segment/leads',
      tag: 'Playbook',
      summary: 'List the leads in a segment, newest first',
      access: 'see-lead',
      params: NAMED,
      query: z.strictObject(PAGE_QUERY),
      answers: { 200: { description: 'A page of leads', schema: LeadPage } },
      problems: ['NOT_FOUND'],
      async handle({ params, query: { cursor, limit }, caller, rules }) {
        const { when } = named(rules, params.segment);
        const { playbook } = rules;
        const asking = { scope: scopeFor(caller, 'see-lead'), realNowMs: realNow(), playbook };
        const after = readIdCursor(cursor);
        return answerPage({
          limit,
          read: async (count) => readListedLeads(db, await leadIdsWhere(db, when, asking, after, count)),
          endOf: ({ id: last }) => idCursor(last),
          show: (leads) =>
            leads.map((lead) => leadSummary(lead, { realNowMs: asking.realNowMs, fading: playbook.scoring })),
        });
      },
    }),
  ];
}

function viewOf({ segment, description, when }: Segment): z.output<typeof SegmentView> {
  return { segment, description: description ?? null, when: explainCondition(when) };
}

/** @throws AppError NOT_FOUND, naming those that there are */
function named({ playbook: { segments } }: PublishedRules, name: string): Segment {
  const found = segments.find(({ segment }) => segment === name.toLowerCase());
  if (found !== undefined) return found;
  const known = segments.map(({ segment }) => segment).join(', ');
  throw new AppError(
    'NOT_FOUND',
    known === '' ? 'The playbook has no segments: write segments.yaml' : `There is no such segment; known: ${known}`,
  );
}
