/** What is asked of a report in the address of a page, who asks, and the addresses that lead on from it. */
import type { Request } from 'express';
import { AppError } from '../domain/errors.ts';
import { type Action, type Scope, scopeOf } from '../domain/policy.ts';
import { ASK_KEYS, type AskWords, type readAsk } from '../reports/ask.ts';
import type { Report } from '../reports/report.ts';
import type { ConsoleDeps } from './deps.ts';
import type { ReportLinks } from './report-parts.ts';
import { requireAtAll, type Visitor } from './session.ts';

/** @throws AppError FORBIDDEN */
export function reportAsker({ rules, realNow }: ConsoleDeps['store'], visitor: Visitor): Parameters<typeof readAsk>[2] {
  return {
    scope: requireScope(visitor, 'see-reports'),
    playbook: rules.current().playbook,
    realNowMs: realNow(),
  };
}

/** @throws AppError FORBIDDEN */
function requireScope(visitor: Visitor, action: Action): Scope {
  const scope = scopeOf(requireAtAll(visitor, action), action);
  if (scope !== null) return scope;
  throw new AppError('FORBIDDEN', 'You may not do this');
}

export function queryOf({ query }: Request, name: string): string | undefined {
  const value = query[name];
  return typeof value === 'string' && value !== '' ? value.slice(0, 600) : undefined;
}

export function wordsOf(request: Request): AskWords {
  return Object.fromEntries(
    ASK_KEYS.flatMap((key) => {
      const value = queryOf(request, key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

export function linksOf(report: Report, words: AskWords): ReportLinks {
  const asked = new URLSearchParams(words as Record<string, string>).toString();
  const base = `/console/reports/${report.key}`;
  return {
    page: asked === '' ? base : `${base}?${asked}`,
    leads: (figure, group, sort) => {
      const query = new URLSearchParams({ ...words, figure, ...(sort !== undefined && { sort }) });
      if (group === null) query.set('unknown', 'true');
      else if (group !== undefined) query.set('group', group);
      return `${base}/leads?${query.toString()}`;
    },
  };
}

/** Whether the figures of now are asked for, though an answer is kept. */
export function isRenewed(request: Request): boolean {
  return queryOf(request, 'fresh') !== undefined;
}

/** When a page that is asked for now is shown, though its report is still being counted. */
export function shownByOf({ showPagesWithinMs }: ConsoleDeps['store']): number | undefined {
  return showPagesWithinMs === undefined ? undefined : performance.now() + showPagesWithinMs;
}
