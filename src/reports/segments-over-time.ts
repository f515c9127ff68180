import type { Tx } from '../store/db.ts';
import { segmentDays } from '../store/segment-counts.ts';
import { dayOf, lastDayOf } from './periods.ts';
import type { Asked, Section } from './report.ts';
import { isNarrowed } from './turns.ts';

/** The most days that are shown: the newest. */
const MOST_DAYS = 366;
/** The most segments that are drawn. */
const MOST_LINES = 6;

/** How many were in each segment, day by day. Counted of all leads: not for who may see some alone, and not narrowed. */
export async function segmentsOverTime(tx: Tx, asked: Asked): Promise<Section[]> {
  const { since, zone, playbook } = asked;
  if (isNarrowed(asked)) return [];
  const days = await segmentDays(tx, dayOf(since, zone), lastDayOf(asked), MOST_DAYS);
  const columns = playbook.segments.map(({ segment: name }) => ({
    key: `in ${name}`,
    title: name,
    unit: 'count' as const,
    definition: 'Leads that were in the segment at the beginning of the day.',
  }));
  const last = days.at(-1);
  return [
    {
      key: 'segmentsOverTime',
      title: 'Segments over time',
      columns: [
        {
          key: 'day',
          title: 'Day',
          unit: 'day' as const,
          definition: 'Counted when it began, in the zone of the report.',
        },
        ...columns,
      ],
      rows: days.map(({ day, leads }) => ({
        cells: { day, ...Object.fromEntries(columns.map(({ key, title }) => [key, leads[title] ?? null])) },
      })),
      chart: { kind: 'lines', columns: columns.slice(0, MOST_LINES).map(({ key }) => key) },
      notes: [
        last === undefined
          ? 'No day of this period was counted: the segments of a day are counted when it begins.'
          : `Counted once a day, and last on ${momentIn(zone, last.countedAt)}: who came into a segment since is not in it. Who was in it on a day is not kept: those of now are above.`,
      ],
    },
  ];
}

/** "28 Nov 2026, 00:01 (Europe/Berlin)". */
function momentIn(zone: string, at: Date): string {
  const words = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: zone });
  return `${words.format(at)} (${zone})`;
}
