import { DateTime } from 'luxon';
import { z } from 'zod';
import type { Campaign } from '../domain/playbook.ts';
import { stated } from '../domain/stated.ts';
import { mapping, words, writtenAs, zone } from '../language/schemas.ts';
import type { YamlFile } from '../language/yaml-file.ts';

/** A date, or a date and a time on the clock of the campaign's zone. */
const moment = z
  .string({ error: 'expected a date and time such as "2027-03-10 17:00"' })
  .trim()
  .transform((text) => text.replace(' ', 'T'))
  .refine(
    (text) => /^\d{4}-\d\d-\d\d(T\d\d:\d\d)?$/.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid,
    'expected a date and time such as "2027-03-10 17:00"',
  );

interface WrittenCampaign {
  campaign: string;
  name?: string | undefined;
  starts?: string | undefined;
  ends?: string | undefined;
  timeZone?: string | undefined;
  url?: string | undefined;
  material?: string | undefined;
}

const whole: z.ZodType<WrittenCampaign> = mapping({
  campaign: words,
  name: words.optional(),
  starts: moment.optional(),
  ends: moment.optional(),
  timeZone: zone.optional(),
  url: z.url('expected an address such as "https://www.example.com/webinar"').optional(),
  material: words.optional(),
});
const keyAlone: z.ZodType<WrittenCampaign> = words.transform((campaign) => ({ campaign }));

/** A list of campaigns: each by its key alone, or with its name and dates. */
export const campaigns = z.array(
  writtenAs<WrittenCampaign>((value) => (typeof value === 'object' && value !== null ? whole : keyAlone)),
);

/** The campaigns with their dates as instants. Reports keys that are there twice, and ends before starts. */
export function withInstants(file: YamlFile, written: readonly WrittenCampaign[], defaultZone: string): Campaign[] {
  const seen = new Set<string>();
  return written.map(({ campaign, name, starts, ends, timeZone = defaultZone, url, material }, i) => {
    const plain = campaign.toLowerCase();
    if (seen.has(plain)) file.report(['campaigns', i], `the campaign "${campaign}" is listed already`);
    seen.add(plain);
    const instant = (text: string | undefined): string | undefined =>
      text === undefined ? undefined : (DateTime.fromISO(text, { zone: timeZone }).toUTC().toISO() ?? undefined);
    const [from, to] = [instant(starts), instant(ends)];
    if (from !== undefined && to !== undefined && to < from)
      file.report(['campaigns', i, 'ends'], 'a campaign ends after it starts; write a later time');
    return stated({ campaign, name, starts: from, ends: to, url, material });
  });
}
