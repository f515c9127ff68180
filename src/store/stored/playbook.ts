import { z } from 'zod';
import type { Brand } from '../../domain/brand.ts';
import type { Playbook } from '../../domain/playbook.ts';
import { ACTIVITY_KINDS } from '../../domain/campaign-activity.ts';
import { READINESS } from '../../domain/readiness.ts';
import type { RejectReason } from '../../domain/reasons.ts';
import type { ScoringModel } from '../../domain/scoring.ts';
import { GOALS } from '../../domain/learned/model.ts';
import type { Prisma } from '../generated/client.ts';
import { CampaignShape } from './campaign.ts';
import { RoutingShape } from './routing.ts';
import { NewsletterShape } from './newsletter-shape.ts';
import { SendersShape, SendingShape, TopicsShape, TrackingShape } from './mail-parts.ts';
import { AnswersShape, ConditionShape, HoursShape, MatcherShape, SpanShape } from './parts.ts';
import { read, store, type StoredShape, type Upcast, unversioned, versionOf } from './versions.ts';

/** All of a playbook but its cadences, which are revisions of their own. */
export type PlaybookRules = Omit<Playbook, 'cadences'>;

const Threshold = z.number().nullable();
/** Of a readiness matrix. */
const Row = z.record(z.string(), z.enum(READINESS));

const ScoringShape = z.strictObject({
  halfLifeMs: z.number(),
  groups: z
    .array(z.strictObject({ group: z.string(), halfLifeMs: z.number(), limit: z.number().exactOptional() }))
    .exactOptional(),
  limit: z.number().exactOptional(),
  engagement: z.array(
    z.strictObject({
      rule: z.string(),
      event: z.string(),
      when: ConditionShape.exactOptional(),
      points: z.union([
        z.number(),
        z.strictObject({
          from: z.string(),
          factor: z.number(),
          min: z.number().exactOptional(),
          max: z.number().exactOptional(),
        }),
      ]),
      cap: z.strictObject({ points: z.number(), per: SpanShape }).exactOptional(),
      oncePerSend: z.boolean().exactOptional(),
      once: z.boolean().exactOptional(),
      coolDown: SpanShape.exactOptional(),
      group: z.string().exactOptional(),
      productLine: z.union([z.string(), z.strictObject({ from: z.string() })]).exactOptional(),
    }),
  ),
  fit: z.array(z.strictObject({ rule: z.string(), when: ConditionShape, points: z.number() })),
  idealCustomer: z
    .array(
      z.strictObject({
        criterion: z.string(),
        field: z.string(),
        ideal: MatcherShape,
        near: MatcherShape.exactOptional(),
        tolerance: z.union([z.number(), z.strictObject({ share: z.number() })]).exactOptional(),
        weight: z.number(),
        misfit: z.number(),
      }),
    )
    .exactOptional(),
  grades: z.strictObject({ A: z.number(), B: z.number(), C: z.number() }),
  ready: z.strictObject({ A: Threshold, B: Threshold, C: Threshold, D: Threshold }),
  bands: z.array(z.strictObject({ band: z.string(), from: z.number() })).exactOptional(),
  readiness: z.strictObject({ A: Row, B: Row, C: Row, D: Row }).exactOptional(),
  learned: z
    .strictObject({
      goal: z.enum(GOALS),
      until: z.string(),
      outcomes: z.number(),
      successes: z.number(),
      intercept: z.number(),
      weights: z.array(z.strictObject({ feature: z.string(), weight: z.number() })),
    })
    .exactOptional(),
  learnedReady: z.number().exactOptional(),
  account: z
    .strictObject({ people: z.number(), personScore: z.number(), score: z.number(), within: SpanShape })
    .exactOptional(),
  lineNeed: z.strictObject({ score: z.number(), then: z.enum(['propose', 'fill']) }).exactOptional(),
  highIntent: z.array(z.strictObject({ event: z.string(), when: ConditionShape.exactOptional() })),
  assessments: z.strictObject({ validFor: SpanShape }).exactOptional(),
  valueTiers: z.array(z.strictObject({ tier: z.string(), when: ConditionShape.exactOptional() })).exactOptional(),
}) satisfies z.ZodType<ScoringModel>;

const ReasonShape = z.strictObject({
  reason: z.string(),
  label: z.string(),
  note: z.literal('required').exactOptional(),
  follow: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('recycle'),
      cadence: z.string(),
      coolOff: SpanShape,
      score: z.enum(['keep', 'halve', 'reset']),
      limit: z.number().exactOptional(),
    }),
    z.strictObject({ kind: z.literal('reroute') }),
    z.strictObject({ kind: z.literal('no-need'), cadence: z.string().exactOptional() }),
    z.strictObject({ kind: z.literal('lost'), cadence: z.string().exactOptional() }),
    z.strictObject({ kind: z.literal('won'), cadence: z.string().exactOptional() }),
    z.strictObject({ kind: z.literal('disqualify'), givesTurnBack: z.literal(true).exactOptional() }),
  ]),
}) satisfies z.ZodType<RejectReason>;

/** Version 2 says how long notices are gathered, and which words of strangers may stand in a mail. */
const withNotices: Upcast = (stored) => ({
  ...stored,
  notices: { gather: { amount: 15, unit: 'minutes' } },
  productLines: [],
  needTypes: [],
  campaigns: [],
});

/** Version 3 says when nothing is sent and how much at most, when campaigns take place, and what forms are answered with. */
const withTimes: Upcast = (stored) => ({
  ...stored,
  forms: [],
  segments: [],
  quietHours: [],
  caps: [],
  campaigns: (stored['campaigns'] as string[]).map((campaign) => ({ campaign })),
});

/** Version 4 has groups of rules, limits and product lines of the score; a playbook without them says the same as before. */
const withSales: Upcast = (stored) => stored;

/** Version 5 has more to say of scoring, routing, hand-off, campaigns and the brand; a playbook that does not say it means the same as before. */
const withReadiness: Upcast = (stored) => stored;

/** Version 6 says of a campaign whom it is for. */
const withAudience: Upcast = (stored) => stored;

/** Version 7 has all that a campaign gives in a list, and says who came to it and how they liked it. */
const withMaterials: Upcast = (stored) => ({
  ...stored,
  campaigns: (stored['campaigns'] as { material?: string }[]).map(({ material, ...campaign }) =>
    material === undefined ? campaign : { ...campaign, materials: [material] },
  ),
});

const BrandShape = z.strictObject({
  name: z.string().exactOptional(),
  address: z.string().exactOptional(),
  logo: z.strictObject({ url: z.string(), width: z.number() }).exactOptional(),
  colors: z
    .strictObject({
      main: z.string().exactOptional(),
      accent: z.string().exactOptional(),
      highlight: z.string().exactOptional(),
      inverse: z.string().exactOptional(),
      background: z.string().exactOptional(),
      text: z.string().exactOptional(),
      muted: z.string().exactOptional(),
    })
    .exactOptional(),
}) satisfies z.ZodType<Brand>;

export const PLAYBOOK: StoredShape<PlaybookRules> = {
  name: 'playbook revision',
  upcasts: [unversioned, withNotices, withTimes, withSales, withReadiness, withAudience, withMaterials],
  schema: z.strictObject({
    forms: z.array(
      z.strictObject({
        form: z.string(),
        name: z.string(),
        doubleOptIn: z.boolean().exactOptional(),
        answer: AnswersShape,
      }),
    ),
    segments: z.array(
      z.strictObject({ segment: z.string(), description: z.string().exactOptional(), when: ConditionShape }),
    ),
    scoring: ScoringShape,
    routing: RoutingShape,
    reasons: z.array(ReasonShape),
    events: z.array(
      z.strictObject({
        event: z.string(),
        description: z.string(),
        fromSite: z.boolean(),
        activity: z
          .strictObject({ is: z.enum(ACTIVITY_KINDS), campaign: z.string(), rating: z.string().exactOptional() })
          .exactOptional(),
      }),
    ),
    calendars: z.array(
      z.strictObject({
        calendar: z.string(),
        country: z.string().exactOptional(),
        region: z.string().exactOptional(),
        holidays: z.array(z.string()),
      }),
    ),
    defaultTimeZone: z.string(),
    wonCadence: z.string().exactOptional(),
    retention: z.strictObject({ at: z.string(), cadence: z.string(), type: z.string() }).exactOptional(),
    funnel: z.array(z.string()),
    notices: z.strictObject({ gather: SpanShape }),
    brand: BrandShape.exactOptional(),
    money: z.strictObject({ currency: z.string(), rates: z.record(z.string(), z.number()) }).exactOptional(),
    haltCanary: z
      .union([z.literal('never'), z.strictObject({ leads: z.number(), cases: z.number(), times: z.number() })])
      .exactOptional(),
    brakes: z
      .union([
        z.literal('never'),
        z.strictObject({
          per: SpanShape,
          mails: z.number(),
          bounces: z.number(),
          complaints: z.number(),
          errors: z.number(),
        }),
      ])
      .exactOptional(),
    productLines: z.array(z.string()),
    needTypes: z.array(z.string()),
    campaigns: z.array(CampaignShape),
    sunset: z.strictObject({ after: SpanShape }).exactOptional(),
    controlGroup: z.number().exactOptional(),
    offers: z.strictObject({ atMost: z.number(), per: SpanShape }).exactOptional(),
    quietHours: z.array(HoursShape),
    caps: z.array(z.strictObject({ topic: z.string().exactOptional(), messages: z.number(), per: SpanShape })),
    spread: SpanShape.exactOptional(),
    utm: z
      .strictObject({
        source: z.string(),
        medium: z.string(),
        sites: z.union([z.literal('all'), z.array(z.string())]),
      })
      .exactOptional(),
    newsletters: z.array(NewsletterShape).exactOptional(),
    senders: SendersShape.exactOptional(),
    sending: SendingShape.exactOptional(),
    tracking: TrackingShape.exactOptional(),
    topics: TopicsShape.exactOptional(),
  }),
};

export const PLAYBOOK_VERSION = versionOf(PLAYBOOK);

/** As it is kept in `playbook_revisions`. */
export function storedPlaybook({ cadences: _ownRevisions, ...rules }: Playbook): Prisma.InputJsonObject {
  return store<PlaybookRules>(PLAYBOOK, rules);
}

/** @throws AppError STORED_BY_NEWER, PLAYBOOK_INVALID */
export function parsePlaybook(stored: unknown): PlaybookRules {
  return read(PLAYBOOK, stored);
}
