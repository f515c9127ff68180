import { DateTime } from 'luxon';
import { z } from 'zod';
import { keyOfRule, plainly, type Campaign, type CampaignCost, type UtmRule } from '../domain/campaign.ts';
import { inMinorUnits, isCurrency } from '../domain/currency.ts';
import { stated } from '../domain/stated.ts';
import { isMapping, mapping, readBy, textLike, writtenAs, zone } from '../language/schemas.ts';
import type { YamlFile } from '../language/yaml-file.ts';
import {
  attendance,
  campaignKey,
  costIn,
  definitionIn,
  feedback,
  materials,
  type Money,
  utmRule,
} from './campaign-schema.ts';
import { checkKnown } from './context.ts';

/** A date, or a date and a time on the clock of the campaign's zone. */
const MOMENT = 'a date and time such as "2027-03-10 17:00"';
const moment = z
  .string({ error: `expected ${MOMENT}` })
  .trim()
  .transform((text) => text.replace(' ', 'T'))
  .refine(
    (text) => /^\d{4}-\d\d-\d\d(T\d\d:\d\d)?$/.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid,
    `expected ${MOMENT}`,
  )
  .meta(textLike('^\\s*\\d{4}-\\d\\d-\\d\\d([ T]\\d\\d:\\d\\d)?\\s*$', MOMENT, ['2027-03-10', '2027-03-10 17:00']));

const AMOUNT = 'an amount such as "1200 EUR" or "99.50 USD"';
/** "1200.50 EUR" */
const money = readBy<Money>((value, report) => {
  const [, amount = '', code = ''] =
    typeof value === 'string' ? (/^\s*([\d.]+)\s*([A-Z]{3})\s*$/.exec(value) ?? []) : [];
  const minor = isCurrency(code) ? inMinorUnits(amount, code) : null;
  return minor === null ? (report([], `expected ${AMOUNT}`) ?? undefined) : { minor, currency: code };
}).meta(textLike('^\\s*\\d{1,12}(\\.\\d+)?\\s*[A-Z]{3}\\s*$', AMOUNT, ['1200 EUR', '99.50 USD']));

const UTM = 'expected { source, medium, campaign }, or a list of these';
const utmRules = z.array(utmRule, { error: UTM }).min(1, UTM);
const oneUtmRule = utmRule.transform((one): readonly UtmRule[] => [one]);

/** At least one of them. */
function listOf<S extends z.ZodType>(one: S, written: string) {
  const expected = `expected a list of ${written}`;
  return z.array(one, { error: expected }).min(1, expected).optional();
}

const campaign = mapping({
  ...definitionIn({ moment, money }),
  costs: listOf(costIn({ money }), '{ on, cost }'),
  attendance: listOf(attendance, '{ on, registered, attended, missed }'),
  feedback: listOf(feedback, '{ on, rating, answers, words }'),
  timeZone: zone.optional(),
  material: materials.element.optional(),
  materials: materials.optional(),
  utm: writtenAs<readonly UtmRule[]>(
    (value) => (isMapping(value) ? oneUtmRule : utmRules),
    [utmRules, oneUtmRule],
  ).optional(),
});
type Written = z.output<typeof campaign>;

/** A key with nothing below it is a campaign of which nothing else is known. */
export const campaignsSchema = z.record(
  campaignKey,
  writtenAs<Written>((value) => (value === null ? z.null().transform(() => ({})) : campaign), [campaign, z.null()]),
);

interface KnownToCampaigns {
  /** Undefined: settings.yaml has a mistake. */
  settings: { defaultTimeZone: string; productLines: readonly string[] } | null;
}

/** Reads campaigns.yaml; null when it has mistakes, which are reported. Dates become instants. */
export function readCampaigns(file: YamlFile, { settings }: KnownToCampaigns): Campaign[] | null {
  const read = file.parse(campaignsSchema);
  if (read === null) return null;
  const lines = settings === null ? undefined : new Set(settings.productLines);
  const taken = new Map<string, string>();
  for (const [name, one] of Object.entries(read)) {
    const asNamed = `named ${plainly(name)}`;
    if (taken.has(asNamed)) file.report([name], `the campaign "${name}" is listed already`, 'key');
    taken.set(asNamed, name);
    checkKnown(file, [name, 'productLine'], 'product line', one.productLine, lines);
    checkCurrency(file, name, one);
    if (one.material !== undefined && one.materials !== undefined)
      file.report([name, 'material'], 'what it gives is said twice; write all of it in "materials"', 'key');
    for (const [i, rule] of (one.utm ?? []).entries()) {
      const path = Array.isArray(file.at([name, 'utm'])) ? [name, 'utm', i] : [name, 'utm'];
      const by = `rule ${keyOfRule(rule)}`;
      const other = taken.get(by);
      if (other !== undefined) file.report(path, `"${other}" has the same rule, and takes these touches`);
      else taken.set(by, name);
    }
  }
  return Object.entries(read).map(([name, one]) => withInstants(file, name, one, settings?.defaultTimeZone ?? 'utc'));
}

/** What is summed up has one currency. */
function checkCurrency(file: YamlFile, name: string, { budget, costs = [] }: Written): void {
  const currency = budget?.currency ?? costs[0]?.cost.currency;
  for (const [i, { cost }] of costs.entries())
    if (cost.currency !== currency)
      file.report(
        [name, 'costs', i, 'cost'],
        `the money of a campaign is in one currency, here ${currency}; write the amount in ${currency}`,
      );
}

function withInstants(file: YamlFile, campaign: string, written: Written, defaultZone: string): Campaign {
  const { starts, ends, event, timeZone = defaultZone, budget, costs, material, materials: several, ...rest } = written;
  const instant = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : (DateTime.fromISO(text, { zone: timeZone }).toUTC().toISO() ?? undefined);
  const [from, to] = [instant(starts), instant(ends)];
  if (from !== undefined && to !== undefined && to < from)
    file.report([campaign, 'ends'], 'a campaign ends after it starts; write a later time');
  return stated({
    campaign,
    ...rest,
    currency: budget?.currency ?? costs?.[0]?.cost.currency,
    budgetMinor: budget?.minor,
    costs: costs?.map(({ on, cost, for: what }): CampaignCost => stated({ on, minor: cost.minor, for: what })),
    starts: from,
    ends: to,
    event: instant(event),
    materials: several ?? (material === undefined ? undefined : [material]),
  });
}

/** Keys and types of the campaigns in the file, mistakes or not; undefined when it cannot be read. */
export function campaignNames(
  file: YamlFile | null,
): { keys: ReadonlySet<string>; types: ReadonlySet<string> } | undefined {
  const value = file?.at([]);
  if (typeof value !== 'object' || value === null) return undefined;
  const types = Object.values(value).flatMap((one: unknown) =>
    typeof one === 'object' && one !== null && 'type' in one && typeof one.type === 'string' ? one.type : [],
  );
  return { keys: new Set(Object.keys(value)), types: new Set(types) };
}
