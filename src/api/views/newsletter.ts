import type { z } from 'zod';
import { explainCondition } from '../../domain/condition.ts';
import { timesInWords } from '../../domain/newsletter.ts';
import type { Broadcast } from '../../store/broadcasts/broadcasts.ts';
import type { NewsletterRow } from '../../store/newsletters/newsletters.ts';
import type { PublishedRules } from '../../store/rules/in-force.ts';
import type { Doers } from './person.ts';
import type { NewsletterView, NewsletterWithIssues } from '../schemas/newsletter.ts';

type View = z.input<typeof NewsletterView>;

/** Null for one that these rules do not have: the next request finds newer ones. */
export function newsletterView(
  { playbook, templates }: PublishedRules,
  row: NewsletterRow,
  { next, doers }: { next: readonly Date[] | null; doers: Doers },
): View | null {
  const said = playbook.newsletters?.find(({ newsletter }) => newsletter === row.key);
  if (said === undefined) return null;
  return {
    key: row.key,
    name: said.name ?? row.key,
    template: said.template,
    topic: templates.get(said.template)?.topic ?? null,
    segment: said.segment ?? null,
    when: said.when === undefined ? null : explainCondition(said.when),
    times: timesInWords(said.times),
    timeZone: said.timeZone ?? playbook.defaultTimeZone,
    again: said.again === true,
    paused: row.pausedAt !== null,
    pausedBy: row.pausedBy,
    pauser: doers.orNobody(row.pausedBy),
    // The row is told to Temporal a moment later.
    next: row.pausedAt !== null ? [] : next === null ? null : next.map((at) => at.toISOString()),
    isScheduled: row.synced === row.wanted && row.syncError === null,
    problem: row.syncError,
    passedAt: row.passedAt?.toISOString() ?? null,
    passedBecause: row.passedBecause,
  };
}

export function issuesView(issues: readonly Broadcast[]): z.input<typeof NewsletterWithIssues>['issues'] {
  return issues.map(({ id, key, status, total, startedAt }) => ({
    id,
    key,
    status,
    total,
    startedAt: startedAt?.toISOString() ?? null,
  }));
}
