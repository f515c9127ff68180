import { z } from 'zod';
import type { Brand, Colors } from '../domain/brand.ts';
import { type Brakes, DEFAULT_BRAKES } from '../domain/brakes.ts';
import { DEFAULT_HALT, type HaltRule } from '../domain/canary.ts';
import type { Span } from '../domain/cadence.ts';
import { isCurrency } from '../domain/currency.ts';
import type { Cap, Playbook, Sender, Topic } from '../domain/playbook.ts';
import { NO_HOLIDAYS, opensEver } from '../domain/schedule.ts';
import { stated } from '../domain/stated.ts';
import { key, mapping, quietHours, span, spanOrNone, words, zone, writtenAs } from '../language/schemas.ts';
import type { YamlFile } from '../language/yaml-file.ts';
import { checkKnown, type KnownNames } from './context.ts';
import { senders, sending, tracking } from './sending-settings.ts';

const FUNNEL = ['active inquiry', 'quote sent', 'agreed and invoiced', 'paid', 'delivered'];

const GATHER: Span = { amount: 15, unit: 'minutes' };

/** As a form or a system states them, whatever the case. */
const knownWords = z.array(words).default([]);

/** A rolling period has one length wherever the lead is. */
const period = span.refine(
  ({ unit }) => unit !== 'business days',
  'expected a period such as "1 week", not business days',
);

const cap = mapping({
  topic: key.optional(),
  messages: z.int('expected a whole number').min(1, 'expected at least one message'),
  per: period,
}).transform((one): Cap => stated(one));

/** By key: a name, or one a language, as in { en: Tips, de: Tipps }. The first is for other languages. */
const topicName = writtenAs<{ name: string; names?: Record<string, string> }>((value) =>
  typeof value === 'object' && value !== null ? topicNames : oneName,
);
const oneName = words.transform((name) => ({ name }));
const topicNames = z
  .record(z.string().regex(/^[a-z]{2}$/, 'expected a language of two letters such as "de"'), words)
  .refine((names) => Object.keys(names).length > 0, 'expected at least one language')
  .transform((names) => ({ name: Object.values(names)[0] ?? '', names }));
const topics = z
  .record(key, topicName)
  .transform((byKey): Topic[] => Object.entries(byKey).map(([topic, named]) => ({ topic, ...named })));

/** "25%" as 0.25. */
const share = z
  .string({ error: 'expected a share such as "25%"' })
  .regex(/^(100|[1-9]?\d)%$/, 'expected a share such as "25%"')
  .transform((text) => Number.parseInt(text, 10) / 100);

const color = z
  .string({ error: 'expected a color in quotes such as "#1d6b45"' })
  .regex(/^#[0-9a-f]{6}$/i, 'expected a color in quotes such as "#1d6b45"')
  .optional();

const logoUrl = z
  .string()
  .refine(
    (text) => /^https?:\/\//.test(text) && URL.canParse(text),
    'expected the address of a picture such as https://shop.example/logo.png',
  );

const brand = mapping({
  name: words.optional(),
  address: words.optional(),
  logo: mapping({
    url: logoUrl,
    width: z
      .int('expected a width in pixels')
      .min(16, 'expected at least 16 pixels')
      .max(600, 'a mail is 600 pixels wide')
      .default(160),
  }).optional(),
  colors: mapping({
    main: color,
    accent: color,
    highlight: color,
    inverse: color,
    background: color,
    text: color,
    muted: color,
  } satisfies Record<keyof Colors, typeof color>)
    .transform((one) => stated(one))
    .optional(),
}).transform((one): Brand => stated(one));

const haltRule: z.ZodType<HaltRule> = mapping({
  leads: z.int('expected a number of leads').min(1, 'expected at least one lead').default(DEFAULT_HALT.leads),
  cases: z.int('expected a whole number').min(1, 'expected at least 1').default(DEFAULT_HALT.cases),
  times: z.number('expected a number such as 2').min(1, 'expected at least 1').default(DEFAULT_HALT.times),
});
const OR_NEVER = 'expected { leads, cases, times }, or never';
const never = z
  .string(OR_NEVER)
  .refine((text) => text === 'never', OR_NEVER)
  .transform(() => 'never' as const);
const haltCanary = writtenAs<HaltRule | 'never'>(
  (value) => (typeof value === 'object' && value !== null ? haltRule : never),
  [haltRule, never],
);

const fineShare = z
  .string({ error: 'expected a share such as "0.5%"' })
  .regex(/^(100|[1-9]?\d(\.\d+)?)%$/, 'expected a share such as "0.5%"')
  .transform((text) => Number.parseFloat(text) / 100);
const brakeRule: z.ZodType<Brakes> = mapping({
  per: period.default(DEFAULT_BRAKES.per),
  mails: z
    .int('expected a number of mails')
    .min(20, 'expected at least 20 mails: fewer say nothing')
    .default(DEFAULT_BRAKES.mails),
  bounces: fineShare.default(DEFAULT_BRAKES.bounces),
  complaints: fineShare.default(DEFAULT_BRAKES.complaints),
  errors: fineShare.default(DEFAULT_BRAKES.errors),
});
const noBrakes = z
  .string('expected { per, mails, bounces, complaints, errors }, or never')
  .refine((text) => text === 'never', 'expected { per, mails, bounces, complaints, errors }, or never')
  .transform(() => 'never' as const);
const brakes = writtenAs<Brakes | 'never'>(
  (value) => (typeof value === 'object' && value !== null ? brakeRule : noBrakes),
  [brakeRule, noBrakes],
);

const currency = z
  .string({ error: 'expected a currency such as EUR' })
  .refine(isCurrency, 'expected a currency of three letters such as EUR');

const money = mapping({
  currency,
  rates: z.record(currency, z.number('expected a number such as 0.92').positive('expected a rate above 0')).default({}),
});

const site = z
  .string({ error: 'expected a site such as shop.example' })
  .regex(/^(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}$/u, 'expected a site such as shop.example, without https:// and page')
  .transform((name) => name.toLowerCase());
const SITES = "expected your sites, as in [shop.example], or all for every link, other people's too";
const sites = z.union([z.literal('all'), z.array(site).min(1, SITES)], { error: SITES });

const utm = mapping({
  source: words.default('nurture'),
  medium: words.default('email'),
  sites: writtenAs<'all' | string[]>(
    (value) => (Array.isArray(value) ? z.array(site).min(1, SITES) : z.literal('all', { error: SITES })),
    [sites],
  ),
});

const settings = mapping({
  defaultTimeZone: zone,
  wonCadence: key.optional(),
  retention: mapping({ at: words.optional(), cadence: key, type: words.default('retention') }).optional(),
  funnel: z.array(words).min(1, 'expected at least one stage').default(FUNNEL),
  notices: mapping({ gather: spanOrNone.default(GATHER) }).default({ gather: GATHER }),
  brand: brand.optional(),
  money: money.optional(),
  haltCanary: haltCanary.optional(),
  brakes: brakes.optional(),
  productLines: knownWords,
  needTypes: knownWords,
  /** Until they got a file of their own. */
  campaigns: z.unknown().optional(),
  quietHours: quietHours.default([]),
  caps: z.array(cap).default([]),
  topics: topics.optional(),
  senders: senders.optional(),
  sending: sending.optional(),
  tracking: tracking.optional(),
  sunset: mapping({ after: period }).optional(),
  controlGroup: fineShare.optional(),
  offers: mapping({ atMost: share, per: period }).optional(),
  spread: spanOrNone.optional(),
  utm: utm.optional(),
});

/** What settings.yaml says. */
export type Settings = Omit<
  Playbook,
  | 'cadences'
  | 'forms'
  | 'segments'
  | 'scoring'
  | 'routing'
  | 'reasons'
  | 'events'
  | 'calendars'
  | 'campaigns'
  | 'newsletters'
>;

interface KnownToSettings extends Pick<KnownNames, 'cadences'> {
  /** Topics of templates. */
  topics: ReadonlySet<string> | undefined;
}

/** Reads settings.yaml; null when it has mistakes, which are reported. */
export function readSettings(file: YamlFile, known: KnownToSettings): Settings | null {
  const read = file.parse(settings);
  checkKnown(file, ['wonCadence'], 'cadence', read?.wonCadence, known.cadences);
  if (read === null) return null;
  const { campaigns, retention, ...said } = read;
  if (campaigns !== undefined)
    file.report(
      ['campaigns'],
      'campaigns have a file of their own, campaigns.yaml: write them there, each as a key with its details below it (docs/playbook.md)',
      'key',
    );
  read.funnel.forEach((stage, i) => {
    if (read.funnel.indexOf(stage) < i) file.report(['funnel', i], `the funnel has "${stage}" already`);
  });
  const [last = ''] = read.funnel.slice(-1);
  const at = retention?.at ?? last;
  checkKnown(file, ['retention', 'at'], 'stage of the funnel', at, new Set(read.funnel));
  checkKnown(file, ['retention', 'cadence'], 'cadence', retention?.cadence, known.cadences);
  read.caps.forEach(({ topic }, i) => checkKnown(file, ['caps', i, 'topic'], 'topic', topic, known.topics));
  checkSenders(file, read.senders ?? [], known.topics);
  for (const { topic } of read.topics ?? []) checkKnown(file, ['topics', topic], 'topic', topic, known.topics);
  if (!opensEver({ quietHours: read.quietHours, isHoliday: NO_HOLIDAYS }))
    file.report(['quietHours'], 'these hours leave no time to send in; make them shorter');
  return stated({ ...said, retention: retention && { ...retention, at } });
}

/** A topic has one sender. */
function checkSenders(file: YamlFile, all: readonly Sender[], topics: ReadonlySet<string> | undefined): void {
  const seen = new Set<string>();
  for (const { sender, topics: own } of all)
    own.forEach((topic, i) => {
      checkKnown(file, ['senders', sender, 'topics', i], 'topic', topic, topics);
      if (seen.has(topic)) file.report(['senders', sender, 'topics', i], `"${topic}" has another sender already`);
      seen.add(topic);
    });
}
