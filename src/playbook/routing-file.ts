import { z } from 'zod';
import { DEFAULT_MANAGERS, type RepEntry, type Routing, type RoutingRule, type Team } from '../domain/routing.ts';
import { HOOK_EVENTS } from '../domain/hand-off-hook.ts';
import { spanToMs } from '../domain/span.ts';
import { stated } from '../domain/stated.ts';
import { condition } from '../language/condition-schema.ts';
import { checkConditionNames } from './condition-names.ts';
import { checkKnown, type KnownNames } from './context.ts';
import { hours, key, mapping, span, words, zone } from '../language/schemas.ts';
import { webhookAddress, webhookFields } from '../steps/webhook/language.ts';
import type { YamlFile } from '../language/yaml-file.ts';

const language = z
  .string({ error: 'expected a language such as "de"' })
  .regex(/^[a-z]{2,3}$/, 'expected a language such as "de"');

const rule = mapping({
  rule: key,
  when: condition('lead').optional(),
  team: key.optional(),
  rep: key.optional(),
  queue: key.optional(),
  skills: z.array(key).min(1, 'expected at least one skill').optional(),
  language: z.literal('same', { error: 'expected "same": the rep speaks the language of the lead' }).optional(),
});

const webhook = mapping({
  url: webhookAddress,
  on: z
    .array(z.enum(HOOK_EVENTS))
    .min(1, 'expected at least one event')
    .default([...HOOK_EVENTS]),
  secret: key.optional(),
  format: z
    .enum(['json', 'slack'])
    .transform((one) => (one === 'slack' ? one : undefined))
    .optional(),
  send: webhookFields.optional(),
  whyNow: z
    .boolean('expected true or false')
    .transform((one) => (one ? true : undefined))
    .optional(),
}).transform((one) => stated(one));

const team = mapping({
  name: words,
  kind: z
    .enum(['field', 'tele-sales'])
    .transform((one) => (one === 'tele-sales' ? one : undefined))
    .optional(),
  reps: z.array(key),
  sla: mapping({ accept: span, remindAfter: span, contact: span.optional(), answer: span.optional() }).transform(
    (one) => stated(one),
  ),
  attempts: mapping({ most: z.int('expected a whole number').min(1, 'expected at least one'), reason: key }).optional(),
  idle: mapping({ warn: span, takeBack: span.optional() })
    .transform((one) => stated(one))
    .optional(),
  workingHours: hours,
  timeZone: zone,
  calendar: key.optional(),
  outsideHours: z
    .enum(['offer', 'hold'])
    .transform((one) => (one === 'hold' ? one : undefined))
    .optional(),
  overflow: mapping({ to: key, after: span }).optional(),
  webhook: webhook.optional(),
});

const rep = mapping({
  name: words,
  email: z.email('expected an email address'),
  timeZone: zone.optional(),
  manager: z.boolean().default(false),
  active: z.boolean().default(true),
  skills: z.array(key).optional(),
  languages: z.array(language).optional(),
});

const routing = mapping({
  rules: z.array(rule),
  teams: z.record(key, team),
  reps: z.record(key, rep),
  managers: mapping({ gather: span.optional(), again: span.optional(), full: span.optional() })
    .transform((one) => ({ ...DEFAULT_MANAGERS, ...stated(one) }))
    .optional(),
  alerts: mapping({
    perHour: z.int('expected a whole number').min(1, 'expected at least 1'),
    gather: span.default({ amount: 15, unit: 'minutes' }),
  }).optional(),
  sticky: mapping({ account: z.boolean().default(false), customer: z.boolean().default(false) }).optional(),
});

type Read = z.output<typeof routing>;

/** Reads routing.yaml; null when it has mistakes, which are reported. */
export function readRouting(file: YamlFile, known: KnownNames): Routing | null {
  const read = file.parse(routing);
  checkConditionNames(file, known);
  if (!read) return null;
  checkRules(file, read);
  for (const [name, one] of Object.entries(read.teams)) checkTeam(file, name, one, { ...known, read });
  return stated({
    rules: read.rules.map((one): RoutingRule => stated(one)),
    teams: Object.entries(read.teams).map(([name, one]): Team => stated({ team: name, ...one })),
    reps: Object.entries(read.reps).map(([name, one]): RepEntry => stated({ rep: name, ...one })),
    sticky: read.sticky,
    managers: read.managers,
    alerts: read.alerts,
  });
}

function checkTeam(
  file: YamlFile,
  name: string,
  one: Read['teams'][string],
  { calendars, read }: Pick<KnownNames, 'calendars'> & { read: Read },
): void {
  const path = ['teams', name];
  const reps = new Set(Object.keys(read.reps));
  one.reps.forEach((each, i) => checkKnown(file, [...path, 'reps', i], 'rep', each, reps));
  if (!one.reps.some((each) => read.reps[each]?.active)) {
    file.report([...path, 'reps'], 'a team needs at least one rep who is active');
  }
  checkKnown(file, [...path, 'calendar'], 'calendar', one.calendar, calendars);
  checkKnown(file, [...path, 'overflow', 'to'], 'team', one.overflow?.to, new Set(Object.keys(read.teams)));
  if (one.overflow?.to === name)
    file.report([...path, 'overflow', 'to'], 'a lead that nobody of this team has room for goes to another team');
  if (one.idle?.takeBack !== undefined && spanToMs(one.idle.takeBack) <= spanToMs(one.idle.warn))
    file.report([...path, 'idle', 'takeBack'], 'a lead is pointed out before it is taken back; write a longer time');
  if (spanToMs(one.sla.remindAfter) >= spanToMs(one.sla.accept)) {
    file.report(
      [...path, 'sla', 'remindAfter'],
      'the reminder must come before the time to accept ends; write a shorter time',
    );
  }
}

function checkRules(file: YamlFile, read: Read): void {
  const seen = new Set<string>();
  const { rules } = read;
  rules.forEach((one, i) => {
    checkTarget(file, ['rules', i], one, read);
    if (seen.has(one.rule)) file.report(['rules', i, 'rule'], `the rule "${one.rule}" is there already`);
    seen.add(one.rule);
    if (!one.when && i < rules.length - 1) {
      file.report(['rules', i], `"${one.rule}" has no condition, so it takes every lead; put it last`);
    }
  });
  const last = rules.at(-1)?.team;
  if (last !== undefined && read.teams[last]?.kind === 'tele-sales')
    file.report(
      ['rules', rules.length - 1, 'team'],
      `team "${last}" is tele-sales, which qualifies leads on by the rules: the last rule must lead elsewhere`,
    );
  if (rules.at(-1)?.when || rules.length === 0) {
    file.report(
      ['rules', Math.max(0, rules.length - 1)],
      'the last rule must have no "when", so that every lead matches a rule',
    );
  }
}

/** Where a rule leads: to one place, and to one that can take the lead. */
function checkTarget(file: YamlFile, path: (string | number)[], one: Read['rules'][number], read: Read): void {
  const targets = (['team', 'rep', 'queue'] as const).filter((target) => one[target] !== undefined);
  if (targets.length !== 1)
    return file.report(
      path,
      `"${one.rule}" must lead to one of: a team, a rep or a queue; write "team: …", for example`,
    );
  checkKnown(file, [...path, 'team'], 'team', one.team, new Set(Object.keys(read.teams)));
  checkKnown(file, [...path, 'rep'], 'rep', one.rep, new Set(Object.keys(read.reps)));
  if (one.rep !== undefined && read.reps[one.rep] !== undefined && !isInTeam(one.rep, read))
    file.report([...path, 'rep'], `"${one.rep}" is in no team, and a team says how long its reps have to answer`);
  for (const wanted of ['skills', 'language'] as const)
    if (one[wanted] !== undefined && one.team === undefined)
      file.report([...path, wanted], `"${wanted}" chooses among the reps of a team; write it beside "team"`);
  one.skills?.forEach((skill, i) => {
    const reps = one.team === undefined ? [] : (read.teams[one.team]?.reps ?? []);
    if (one.team !== undefined && reps.length > 0 && !reps.some((each) => read.reps[each]?.skills?.includes(skill)))
      file.report([...path, 'skills', i], `no rep of team "${one.team}" has the skill "${skill}"`);
  });
}

function isInTeam(rep: string, { teams }: Read): boolean {
  return Object.values(teams).some(({ reps }) => reps.includes(rep));
}
