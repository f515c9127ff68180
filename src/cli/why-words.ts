import { CONTROL_GROUP_WORDS } from '../domain/control-group.ts';
import { countOf } from '../domain/count-of.ts';
import { dayAndTime } from '../domain/when.ts';
import { type ShownWait, waitInWords } from './wait-words.ts';

/** What `nurture lead why` shows of the answer of the API. */
interface Missing {
  points: number;
  by: { rule: string; points: number }[];
}

export interface Why {
  stage: string;
  score: {
    now: number;
    needed: number | null;
    missing: Missing | null;
    band: { now: string; next: ({ band: string } & Missing) | null } | null;
    groups: { group: string; points: number; counts: number }[];
    lines: { line: string; score: number }[];
    rules: { rule: string; points: number; count: number; events: { event: string; at: string }[] }[];
  };
  grade: {
    grade: string;
    rules: { rule: string; points: number }[];
    completeness: number;
    unknown: string[];
    assessed: { until: string } | null;
  };
  valueTier: string | null;
  qualification: { because: string; readiness: string };
  next: { what: string; when: string | null; why: string };
  paused: { since: string; reason: string | null } | null;
  timeZone: { zone: string };
  waitsFor: ShownWait[];
  held: { since: string; reason: string | null } | null;
  /** Absent in answers of an older API. */
  againstMail?: { what: string; since: string | null; lift: string }[];
  /** Absent in answers of an older API. */
  controlGroup?: { keptOutSince: string | null } | null;
  lastSend: { title: string } | null;
  notSent: { title: string }[];
}

export function whyInWords(why: Why): string {
  const { stage, score, grade, valueTier, qualification, next, paused, waitsFor, held, lastSend, notSent } = why;
  const { zone } = why.timeZone;
  const at = (instant: string): string => `${dayAndTime(instant, zone)} ${zone}`;
  const rows: [string, string][] = [
    ['Stage', stage],
    ['Next', `${next.what}${next.when === null || / until /.test(next.what) ? '' : ` (${next.when})`}: ${next.why}`],
    ...(paused === null
      ? []
      : [['Paused', `since ${at(paused.since)}: ${paused.reason ?? 'no reason given'}`] as [string, string]]),
    ...waitsFor.map((wait): [string, string] => ['Waits', waitInWords(wait, zone)]),
    ...againstMailInWords(why, zone),
    ...(held === null
      ? []
      : [['Held', `since ${at(held.since)}: ${held.reason ?? 'no reason given'}`] as [string, string]]),
    ...(why.controlGroup ? [['Control', CONTROL_GROUP_WORDS] as [string, string]] : []),
    ['Sales', `${qualification.readiness}: ${qualification.because}`],
    ['Score', `${score.now}${score.needed === null ? '' : ` of ${score.needed} needed`}`],
    ...score.rules.map((rule): [string, string] => ['', ruleInWords(rule)]),
    ...score.groups
      .filter(({ points, counts }) => points !== counts)
      .map(({ group, points, counts }): [string, string] => ['', `of ${points} in group ${group} ${counts} count`]),
    ...(score.missing === null ? [] : [['Missing', missingInWords(score.missing)] as [string, string]]),
    ...bandInWords(score.band),
    ...score.lines.map(({ line, score: of }): [string, string] => ['Line', `${of} ${line}`]),
    [
      'Grade',
      `${grade.grade}${grade.assessed === null ? '' : ` as a person assessed, until ${grade.assessed.until}`}, ${grade.completeness}% of what it asks about is known`,
    ],
    ...grade.rules.map((rule): [string, string] => ['', `${rule.points} ${rule.rule}`]),
    ...(grade.unknown.length === 0 ? [] : [['', `unknown: ${grade.unknown.join(', ')}`] as [string, string]]),
    ...(valueTier === null ? [] : [['Value', valueTier] as [string, string]]),
    ['Last mail', lastSend?.title ?? 'none'],
    ...notSent.map(({ title }): [string, string] => ['', title]),
  ];
  return rows.map(inRow).join('\n');
}

/** "No mail goes to its address: its reader reported a mail as spam (since …). To end it: …" */
export function againstMailInWords({ againstMail = [] }: Pick<Why, 'againstMail'>, zone: string): [string, string][] {
  return againstMail.map((one): [string, string] => ['No mail', waitInWords({ ...one, until: null }, zone)]);
}

function ruleInWords({ rule, points, count, events: [latest] }: Why['score']['rules'][number]): string {
  const last = latest === undefined ? '' : `, last ${latest.event} ${latest.at}`;
  return `${points} ${rule}, ${countOf(count, 'time')}${last}`;
}

/** "warm; to hot 12 points: one ‘looked-at-prices’ (15) would do" */
function bandInWords(band: Why['score']['band']): [string, string][] {
  if (band === null) return [];
  const next = band.next === null ? '' : `; to ${band.next.band} ${missingInWords(band.next)}`;
  return [['Band', `${band.now}${next}`]];
}

/** "13 points: one ‘looked-at-prices’ (15) would do" */
function missingInWords({ points, by: [rule] }: Missing): string {
  const would = rule === undefined ? '' : `: one ‘${rule.rule}’ (${rule.points}) would do`;
  return `${countOf(points, 'point')}${would}`;
}

/** A line with its name in front; without a name it goes on with the line before. */
export function inRow([name, value]: [string, string]): string {
  return `${name.padEnd(10)} ${value}`;
}
