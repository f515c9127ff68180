/** Leads of every kind, for the comparison of conditions as SQL and in memory: each column that a field reads takes several values. */
import fc from 'fast-check';
import { BANT_STATES, GRADES, MATURITIES, STAGES } from '../../src/domain/stage.ts';
import type { Prisma } from '../../src/store/generated/client.ts';
import { storedCadence } from '../../src/store/stored/cadence.ts';
import { CADENCE } from './publish-content.ts';
import { type Bench, DAY } from './support.ts';

/** Letters that are small and large in odd ways, marks of LIKE, digits, and characters beyond the first plane. */
const LETTERS = [...Array.from('aAbBzZßẞİıIσςΣéÉÄä%_\\\'"-. 05١ǅK'), '\u{1F345}', '\u{FFFD}'];
const NUMBERS_IN_TEXT = [
  '5',
  ' 5 ',
  '5.0',
  '+5',
  '-5',
  '.5',
  '5.',
  '1e3',
  '0x10',
  'Infinity',
  '007',
  '1,5',
  '٥',
  '12345678901234567890',
];
export const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.constantFrom(...LETTERS), { maxLength: 4 }).map((letters) => letters.join('')) },
  { weight: 1, arbitrary: fc.constantFrom(...NUMBERS_IN_TEXT) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      'ebook',
      'EBOOK',
      'true',
      'False',
      'DE',
      'DE-BY',
      'de-by',
      'example.com',
      '2026-03-01',
      'ΟΔΟΣ',
      'Straße',
    ),
  },
);
export const anyNumber = fc.oneof(
  fc.integer({ min: -6, max: 60 }),
  fc.constantFrom(0, -0, 0.5, 1.1, 5, 20.5, 0.1 + 0.2, 1e-7, 1e-6, 1e20, 1e21, 1.5e300, 123456789012345680, 5e-324),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
export const scalar = fc.oneof(anyText, anyNumber, fc.boolean());
const json: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: scalar },
  { weight: 1, arbitrary: fc.constantFrom(null, {}, { a: 1 }, [], [[]], [null], ['']) },
  { weight: 2, arbitrary: fc.array(fc.oneof(scalar, fc.constantFrom(null, {}, [1], '')), { maxLength: 3 }) },
);
export const ATTRIBUTES = ['a', 'b', 'region', 'state', "it's", 'constructor', 'a.b'];
const maybe = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(one, { freq: 3 });

/** Few instants, so that some are the same. */
const ageDays = fc.integer({ min: 0, max: 3 });

const portions = fc.dictionary(
  fc.constantFrom('', 'content', 'buying', 'gone'),
  fc.record({
    points: fc.oneof(fc.integer({ min: -20, max: 60 }), fc.constant(1e-30)),
    ageMs: fc.constantFrom(-5000, 0, DAY, 30 * DAY, 20_000 * DAY),
  }),
);
/** What a score is made of beside the rules without a group; ages in place of instants. */
const scoreParts = maybe(
  fc.record(
    { groups: portions, lines: fc.dictionary(fc.constantFrom('Vine', 'Glass'), portions) },
    { requiredKeys: [] },
  ),
);

const profile = fc.record({
  scoreParts,
  company: maybe(anyText),
  industry: maybe(anyText),
  jobTitle: maybe(anyText),
  country: maybe(anyText),
  language: maybe(anyText),
  preferredChannel: maybe(anyText),
  source: maybe(anyText),
  companySize: maybe(fc.integer({ min: 0, max: 60 })),
  // A region more often than others: no chance worth naming that all leads of a run have none.
  attributes: fc.dictionary(fc.constantFrom(...ATTRIBUTES, 'region', 'state'), json, { maxKeys: 4 }) as fc.Arbitrary<
    Record<string, never>
  >,
  stage: fc.constantFrom(...STAGES),
  fitGrade: fc.constantFrom(...GRADES),
  fitCompleteness: maybe(fc.integer({ min: 0, max: 100 })),
  valueTier: maybe(fc.constantFrom('key', 'Regular')),
  lastHighIntentAgeMs: maybe(fc.constantFrom(0, DAY, 30 * DAY)),
  armedAgeMs: maybe(fc.constantFrom(0, DAY, 30 * DAY)),
  orders: maybe(
    fc.record({
      count: fc.integer({ min: 1, max: 9 }),
      valueMinor: fc.constantFrom(0, 5, 20.5, 1e9),
      currency: maybe(fc.constantFrom('EUR', 'JPY')),
      ageMs: fc.constantFrom(-5000, 0, 14 * DAY - 1, 14 * DAY, 400 * DAY),
    }),
  ),
  score: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 200, noNaN: true }), fc.constant(1e-30)),
  scoreAgeMs: fc.constantFrom(-5000, 0, 1, DAY, 30 * DAY, 365 * DAY, 20_000 * DAY),
  clockOffsetMs: fc.constantFrom(0n, 0n, 5n * BigInt(DAY)),
  isPaused: fc.boolean(),
  isHeld: fc.boolean(),
  isSunset: fc.boolean(),
  armed: fc.boolean(),
  marked: fc.constantFrom('no', 'before', 'now'),
  owner: maybe(fc.constantFrom('ada', 'Ben')),
});
const need = fc.record({
  type: maybe(anyText),
  productLine: fc.oneof(maybe(anyText), fc.constant('Vine')),
  funnelStage: maybe(fc.constantFrom('quote sent', 'paid')),
  maturity: fc.constantFrom(...MATURITIES),
  budget: fc.constantFrom(...BANT_STATES),
  authority: fc.constantFrom(...BANT_STATES),
  needKnown: fc.constantFrom(...BANT_STATES),
  timing: fc.constantFrom(...BANT_STATES),
  valueMinor: maybe(fc.bigInt({ min: 0n, max: 10n ** 15n })),
  currency: maybe(fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF', 'XXX', 'eur')),
  recycleCount: fc.integer({ min: 0, max: 3 }),
});
const touch = fc.record({
  source: maybe(anyText),
  medium: maybe(anyText),
  campaign: maybe(anyText),
  content: maybe(anyText),
  landingPage: maybe(anyText),
  campaignId: maybe(fc.constantFrom('cmp_listed', 'cmp_plain')),
  of: fc.constantFrom('current', 'earlier', null),
  isHandled: fc.boolean(),
  ageDays,
});
const consent = fc.record({
  topic: fc.constantFrom('marketing', 'marketing', 'events'),
  granted: fc.boolean(),
  unconfirmed: fc.constantFrom(false, false, true),
  ageDays,
});
const event = fc.record({
  type: fc.constantFrom('email.clicked', 'email.clicked', 'page.viewed'),
  // 1, 14 and 19 days are limits of what is asked; some clocks are 5 days ahead.
  ageDays: fc.constantFrom(0, 1, 2, 9, 13, 14, 15, 19, 40),
  machine: fc.boolean(),
});

export const person = fc.record({
  profile,
  domain: maybe(
    fc.constantFrom('gmail.com', 'example.com', 'firm.example', 'mail.vines.co.uk', 'xn--rucherei-0za.example'),
  ),
  suppressions: fc.oneof(
    { weight: 3, arbitrary: fc.constant<string[]>([]) },
    { weight: 1, arbitrary: fc.subarray(['unsubscribed', 'hard-bounce', 'manual']) },
  ),
  consents: fc.array(consent, { maxLength: 4 }),
  touches: fc.array(touch, { maxLength: 4 }),
  /** Which of the touches is marked as the first. */
  firstTouch: fc.integer({ min: 0, max: 3 }),
  needs: fc.array(need, { maxLength: 2 }),
  cadence: maybe(fc.constantFrom('drip', 'Recycled')),
  events: fc.array(event, { maxLength: 5 }),
});
export type Person = typeof person extends fc.Arbitrary<infer T> ? T : never;

/** What people refer to; once, before they are stored. */
export async function storeShared({ db }: Bench): Promise<void> {
  for (const key of ['ada', 'Ben'])
    await db.rep.create({
      data: { id: `rep-${key}`, key, name: key, email: `${key}@sales.example`, teams: ['inside'] },
    });
  await db.campaign.createMany({
    data: [
      { id: 'cmp_listed', key: 'Vine', name: 'Vine', type: 'webinar' },
      { id: 'cmp_plain', key: 'plain', name: 'plain' },
    ],
  });
  for (const cadence of ['drip', 'Recycled']) {
    const definition = storedCadence({ ...CADENCE, cadence });
    await db.cadenceRevision.create({
      data: { id: cadence, cadence, number: 1, hash: cadence, definition, templates: {} },
    });
  }
}

/** With the instant in place of each age. */
function withInstants(parts: object, now: number): Prisma.InputJsonObject {
  const text = JSON.stringify(parts, (key, value: unknown) => (key === 'ageMs' ? now - Number(value) : value));
  return JSON.parse(text.replaceAll('"ageMs"', '"atMs"')) as Prisma.InputJsonObject;
}

function ordersWithInstant({ ageMs, ...orders }: { ageMs: number }, now: number): Prisma.InputJsonObject {
  return { ...orders, lastAtMs: now - ageMs };
}

/** The last of the needs is the current one. */
export async function storePerson({ db, now }: Bench, n: number, one: Person): Promise<void> {
  const {
    scoreParts: parts,
    orders,
    lastHighIntentAgeMs,
    armedAgeMs,
    scoreAgeMs,
    isPaused,
    isHeld,
    isSunset,
    marked,
    owner,
    ...columns
  } = one.profile;
  const ago = (days: number) => new Date(now - days * DAY);
  const agoMs = (ms: number | null) => (ms === null ? null : new Date(now - ms));
  const id = `lead-${n}`;
  const needIds = one.needs.map((_, i) => `need-${n}-${i}`);
  const needId = needIds.at(-1) ?? null;
  const email = one.domain === null ? null : `p${n}@${one.domain}`;
  await db.lead.create({
    data: {
      ...columns,
      id,
      email,
      phone: `+4930${n}`,
      scoreAt: new Date(now - scoreAgeMs),
      ...(parts === null ? {} : { scoreParts: withInstants(parts, now) }),
      ...(orders === null ? {} : { orders: ordersWithInstant(orders, now) }),
      lastHighIntentAt: agoMs(lastHighIntentAgeMs),
      armedAt: agoMs(armedAgeMs),
      pausedAt: isPaused ? ago(0) : null,
      heldAt: isHeld ? ago(0) : null,
      sunsetAt: isSunset ? ago(0) : null,
      markedAt: marked === 'no' ? null : marked === 'now' ? agoMs(armedAgeMs) : ago(1),
      ownerId: owner === null ? null : `rep-${owner}`,
    },
  });
  await db.need.createMany({
    data: one.needs.map((row, i) => ({
      ...row,
      id: needIds[i] ?? '',
      leadId: id,
      openedAt: ago(0),
      closedAt: needIds[i] === needId ? null : ago(0),
    })),
  });
  await db.lead.update({ where: { id }, data: { needId } });
  const needOf = { current: needId, earlier: needIds.length > 1 ? (needIds[0] ?? null) : null };
  await db.touch.createMany({
    data: one.touches.map(({ of, isHandled, ageDays: age, ...row }, i): Prisma.TouchCreateManyInput => ({
      ...row,
      id: `touch-${n}-${i}`,
      leadId: id,
      needId: of === null ? null : needOf[of],
      isFirst: i === one.firstTouch % one.touches.length,
      how: 'form',
      occurredAt: ago(age),
      handledAt: isHandled ? ago(0) : null,
    })),
  });
  await db.consent.createMany({
    data: one.consents.map(({ ageDays: age, ...row }, i) => ({
      ...row,
      id: `consent-${n}-${i}`,
      leadId: id,
      text: 'Yes',
      source: 'form',
      occurredAt: ago(age),
    })),
  });
  await db.suppression.createMany({
    data:
      email === null ? [] : one.suppressions.map((reason) => ({ email, reason, source: 'test', occurredAt: ago(0) })),
  });
  if (one.cadence !== null) {
    const enrollment = { id: `enrollment-${n}`, leadId: id, cadence: one.cadence, revisionId: one.cadence };
    await db.enrollment.create({ data: { ...enrollment, via: 'trigger', steppedAt: ago(0), startedAt: ago(0) } });
  }
  await db.event.createMany({
    data: one.events.map(({ ageDays: age, ...row }, i) => ({
      ...row,
      id: `event-${n}-${i}`,
      leadId: id,
      occurredAt: ago(age),
    })),
  });
}
