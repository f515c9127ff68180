import { z } from 'zod';
import { actorHandle } from '../../domain/actor.ts';
import type { Campaign } from '../../domain/campaign.ts';
import { hintFor } from '../../domain/did-you-mean.ts';
import { stated } from '../../domain/stated.ts';
import { campaignsInForce } from '../../domain/written-campaigns.ts';
import { endCampaign, putCampaign } from '../../store/campaigns/put-campaign.ts';
import { readFiled, readWritten } from '../../store/campaigns/read-written.ts';
import { readUnlisted } from '../../store/lists/campaigns.ts';
import { readNames } from '../../store/lists/names.ts';
import { actorOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { empty, json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { CampaignBody, CampaignParams, CampaignView } from '../schemas/campaign.ts';
import { Timestamp } from '../schemas/common.ts';
import { invalid, type Output } from '../validate.ts';
import { campaignView } from '../views/campaign.ts';

const Listed = z.object({
  timeZone: z
    .string()
    .meta({ description: 'The zone of the organization, by which days are told', example: 'Europe/Berlin' }),
  items: z.array(CampaignView),
  unlisted: z
    .array(z.object({ campaign: z.string(), since: Timestamp }))
    .meta({ description: 'Campaigns that touches name and nobody lists: the oldest, at most 200' }),
});

/** The campaigns of the playbook in force and of the API, and those that only touches name. What each brought is in the report `campaigns`. */
export function campaignRoutes({ store: { db, realNow } }: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/campaigns',
      tag: 'Campaigns',
      summary: 'The campaigns, with their goals, budgets, costs, attendance, feedback and rules',
      access: 'see-publishing',
      answers: { 200: { description: 'In the order of the file, then as they were written', schema: Listed } },
      async handle({ rules }) {
        // As the database has it, so that whoever has written it reads it.
        const written = await readWritten(db);
        const filed = await readFiled(db, rules.revision);
        const names = await readNames(
          db,
          [...written.authors.values()].map(({ by }) => by),
        );
        const ofFile = new Set(filed.map(({ campaign }) => campaign));
        const items = campaignsInForce(filed, written).map((one) =>
          campaignView(one, ofFile.has(one.campaign) ? null : (written.authors.get(one.campaign) ?? null), names),
        );
        const unlisted = await readUnlisted(db);
        return json(200, {
          timeZone: rules.playbook.defaultTimeZone,
          items,
          unlisted: unlisted.map(({ key, since }) => ({ campaign: key, since: since.toISOString() })),
        });
      },
    }),
    route({
      method: 'put',
      path: '/v1/campaigns/:key',
      tag: 'Campaigns',
      summary: 'Write a campaign: create it, or replace what it is',
      description:
        'What is not said is not known of it any more; costs, attendance and feedback, which have requests of their own, stay. The same again changes nothing. ' +
        'Everything that reads campaigns sees it as one of campaigns.yaml: touches that name it or that a rule (`utm`) fits are of it, earlier ones too; conditions, reports, mails, and ' +
        'who waits for a date of it. One of campaigns.yaml is the file’s alone: 409. A playbook whose campaigns.yaml defines it later takes it over.',
      access: 'write-campaign',
      params: CampaignParams,
      body: CampaignBody,
      bodyExample: {
        name: 'Frost nights, and how to sleep through them',
        type: 'webinar',
        channel: 'email',
        goal: { leads: 120 },
        budget: { amount: 400_000, currency: 'EUR' },
        starts: '2027-03-10T17:00:00+01:00',
        ends: '2027-03-10T18:00:00+01:00',
        utm: [{ source: 'linkedin', campaign: 'fn27' }],
      },
      answers: { 200: { description: 'The campaign, with what was added to it', schema: CampaignView } },
      problems: ['CONFLICT'],
      async handle({ params: { key }, body, caller, rules: { playbook } }) {
        const campaign = campaignFrom(key, body, playbook.productLines);
        const writer = { by: actorHandle(actorOf(caller)), at: new Date(realNow()) };
        const { inForce, written } = await putCampaign(db, campaign, writer);
        return json(200, campaignView(inForce, written, await readNames(db, [written.by])));
      },
    }),
    route({
      method: 'delete',
      path: '/v1/campaigns/:key',
      tag: 'Campaigns',
      summary: 'End a campaign that was written through the API',
      description:
        'For one that is not to be there. It keeps its touches, and has no dates and costs any more; one that is over needs no more than its `ends`. Written again, it has what was added to it.',
      access: 'write-campaign',
      params: CampaignParams,
      answers: { 204: { description: 'It is ended' } },
      problems: ['NOT_FOUND', 'CONFLICT'],
      async handle({ params: { key }, caller }) {
        await endCampaign(db, key, { by: actorHandle(actorOf(caller)), at: new Date(realNow()) });
        return empty(204);
      },
    }),
  ];
}

/** @throws AppError VALIDATION_FAILED */
function campaignFrom(key: string, body: Output<typeof CampaignBody>, productLines: readonly string[]): Campaign {
  const { budget, ...rest } = body;
  const { starts, ends, productLine } = rest;
  if (productLine !== undefined && !productLines.includes(productLine))
    throw invalid('body', [
      { path: 'productLine', message: `is not a product line of settings.yaml${hintFor(productLine, productLines)}` },
    ]);
  if (starts !== undefined && ends !== undefined && ends < starts)
    throw invalid('body', [{ path: 'ends', message: 'must be later than `starts`' }]);
  return stated({ campaign: key, ...rest, currency: budget?.currency, budgetMinor: budget?.minor });
}
