import type { Request } from 'express';
import { z } from 'zod';
import { actorHandle } from '../../domain/actor.ts';
import { plainly } from '../../domain/campaign.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { idFor, newId } from '../../domain/ids.ts';
import type { EntryContent } from '../../domain/written-campaigns.ts';
import { addEntry, removeEntry } from '../../store/campaigns/add-entry.ts';
import { actorOf, type Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { CommandKeyHeader, idempotencyKey } from '../idempotency.ts';
import { empty, json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { AttendanceBody, CampaignParams, CostBody, FeedbackBody } from '../schemas/campaign.ts';
import { id } from '../schemas/common.ts';

const Added = z.object({ id: id('campaignEntry') });
const OF_ANY = 'Of a campaign of campaigns.yaml as well, whose file stays as it is: entries are added to what it says.';

/** What is known of a campaign afterwards. */
export function campaignEntryRoutes({ store: { db, realNow } }: ApiDeps): Route[] {
  const common = {
    method: 'post',
    tag: 'Campaigns',
    access: 'write-campaign',
    params: CampaignParams,
    headers: CommandKeyHeader,
    answers: { 201: { description: 'It is added', schema: Added } },
    problems: ['NOT_FOUND', 'CONFLICT'],
  } as const;

  async function add(request: Request, caller: Caller, campaign: string, entry: EntryContent) {
    const entryId = entryIdOf(request, caller, campaign, entry.kind);
    const writer = { by: actorHandle(actorOf(caller)), at: new Date(realNow()) };
    await addEntry(db, { id: entryId, campaign, ...entry }, writer);
    return json(201, { id: entryId });
  }

  return [
    route({
      ...common,
      path: '/v1/campaigns/:key/costs',
      summary: 'Add a cost to a campaign, by the day on which it was spent',
      description: `${OF_ANY} All money of a campaign is in one currency.`,
      body: CostBody,
      bodyExample: { on: '2027-01-10', cost: { amount: 125_050, currency: 'EUR' }, for: 'ads' },
      handle({ params: { key }, body: { on, cost, for: what }, request, caller }) {
        const content = { on, ...cost, ...(what === undefined ? {} : { for: what }) };
        return add(request, caller, key, { kind: 'cost', content });
      },
    }),
    route({
      ...common,
      path: '/v1/campaigns/:key/attendance',
      summary: 'Add who came to a campaign, as somebody counted them',
      description: `${OF_ANY} Of people whom nobody knows by name; what a lead did is an event (POST /v1/events). Entries add up.`,
      body: AttendanceBody,
      bodyExample: { on: '2027-03-10', registered: 120, attended: 85, missed: 35 },
      handle: ({ params: { key }, body, request, caller }) =>
        add(request, caller, key, { kind: 'attendance', content: body }),
    }),
    route({
      ...common,
      path: '/v1/campaigns/:key/feedback',
      summary: 'Add how people liked a campaign, as somebody summed it up',
      description: `${OF_ANY} \`rating\` is the mean of so many \`answers\` (1 if not said). Name nobody in \`words\`: what a lead said is an event (POST /v1/events).`,
      body: FeedbackBody,
      bodyExample: { on: '2027-03-11', rating: 4.3, answers: 40, words: 'Good talks. The sound was bad.' },
      handle: ({ params: { key }, body, request, caller }) =>
        add(request, caller, key, { kind: 'feedback', content: body }),
    }),
    route({
      method: 'delete',
      path: '/v1/campaigns/:key/entries/:id',
      tag: 'Campaigns',
      summary: 'Remove a cost, attendance or feedback that was added by mistake',
      description: 'What it said is deleted; that there was an entry, and who removed it, stays on record.',
      access: 'write-campaign',
      params: CampaignParams.extend({ id: id('campaignEntry') }),
      answers: { 204: { description: 'It is removed' } },
      problems: ['NOT_FOUND'],
      async handle({ params: { key, id: entryId }, caller }) {
        await removeEntry(db, key, entryId, { by: actorHandle(actorOf(caller)), at: new Date(realNow()) });
        return empty(204);
      },
    }),
  ];
}

/** With an Idempotency-Key the same request has the same id, and so is added once. */
function entryIdOf(request: Request, caller: Caller, campaign: string, kind: string): string {
  const key = idempotencyKey(request);
  if (key === null) return newId('campaignEntry');
  const body: unknown = request.body ?? {};
  return idFor('campaignEntry', canonicalJson([caller.keyId, plainly(campaign), kind, key, body]));
}
