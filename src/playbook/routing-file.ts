import { z } from 'zod';
import type { Routing } from '../domain/routing.ts';
import { spanToMs } from '../domain/span.ts';
import { condition } from '../language/condition-schema.ts';
import { checkConditionNames } from './condition-names.ts';
import { checkKnown, type KnownNames } from './context.ts';
import { hours, key, mapping, span, words, zone } from '../language/schemas.ts';
import type { YamlFile } from '../language/yaml-file.ts';

const team = mapping({
  name: words,
  reps: z.array(key),
  sla: mapping({ accept: span, remindAfter: span }),
  workingHours: hours,
  timeZone: zone,
  calendar: key.optional(),
});

const rep = mapping({
  name: words,
  email: z.email('expected an email address'),
  timeZone: zone.optional(),
  manager: z.boolean().default(false),
  active: z.boolean().default(true),
});

const routing = mapping({
  rules: z.array(mapping({ rule: key, when: condition('lead').optional(), team: key })),
  teams: z.record(key, team),
  reps: z.record(key, rep),
});

/** Reads routing.yaml; null when it has mistakes, which are reported. */
export function readRouting(file: YamlFile, known: KnownNames): Routing | null {
  const read = file.parse(routing);
  checkConditionNames(file, known);
  if (!read) return null;
  checkRules(file, read.rules, new Set(Object.keys(read.teams)));
  const reps = new Set(Object.keys(read.reps));
  for (const [name, one] of Object.entries(read.teams)) {
    const path = ['teams', name];
    one.reps.forEach((each, i) => checkKnown(file, [...path, 'reps', i], 'rep', each, reps));
    if (!one.reps.some((each) => read.reps[each]?.active)) {
      file.report([...path, 'reps'], 'a team needs at least one rep who is active');
    }
    checkKnown(file, [...path, 'calendar'], 'calendar', one.calendar, known.calendars);
    if (spanToMs(one.sla.remindAfter) >= spanToMs(one.sla.accept)) {
      file.report(
        [...path, 'sla', 'remindAfter'],
        'the reminder must come before the time to accept ends; write a shorter time',
      );
    }
  }
  return {
    rules: read.rules.map(({ rule, when, team: to }) => ({ rule, ...(when && { when }), team: to })),
    teams: Object.entries(read.teams).map(([name, { calendar, ...one }]) => ({
      team: name,
      ...one,
      ...(calendar !== undefined && { calendar }),
    })),
    reps: Object.entries(read.reps).map(([name, { timeZone, ...one }]) => ({
      rep: name,
      ...one,
      ...(timeZone !== undefined && { timeZone }),
    })),
  };
}

type Rules = z.output<typeof routing>['rules'];

function checkRules(file: YamlFile, rules: Rules, teams: ReadonlySet<string>): void {
  const seen = new Set<string>();
  rules.forEach((one, i) => {
    checkKnown(file, ['rules', i, 'team'], 'team', one.team, teams);
    if (seen.has(one.rule)) file.report(['rules', i, 'rule'], `the rule "${one.rule}" is there already`);
    seen.add(one.rule);
    if (!one.when && i < rules.length - 1) {
      file.report(['rules', i], `"${one.rule}" has no condition, so it takes every lead; put it last`);
    }
  });
  if (rules.at(-1)?.when || rules.length === 0) {
    file.report(
      ['rules', Math.max(0, rules.length - 1)],
      'the last rule must have no "when", so that every lead matches a rule',
    );
  }
}
