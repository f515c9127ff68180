import { FREE_MAIL_DOMAINS } from '../../domain/free-mail.ts';
import { type Rating, readinessSteps } from '../../domain/readiness.ts';
import type { Fading } from '../../domain/score.ts';
import { spanToMs } from '../../domain/span.ts';
import { GRADES } from '../../domain/stage.ts';
import type { BehaviorAsk } from '../../domain/fields/asked.ts';
import { learnedSql } from './learned-sql.ts';
import { Prisma } from '../generated/client.ts';

/** The instant that a statement is asked for. */
export interface SqlMoment {
  /** Epoch milliseconds. */
  atMs: number;
  /** `lead`: every lead's own clock is ahead of it by its offset. `fixed`: it is on the lead's clock already. */
  clock: 'lead' | 'fixed';
  fading: Rating;
}

/** The SQL of a field with what it names by `$` put in as parameters. */
export function bound(sql: string, moment: SqlMoment, values: Readonly<Record<string, Prisma.Sql>> = {}): Prisma.Sql {
  const parts = sql.split(/\$(\w+)/);
  const texts = parts.filter((_, i) => i % 2 === 0);
  const names = parts.filter((_, i) => i % 2 === 1);
  if (names.length === 0) return Prisma.raw(sql);
  return names.reduce(
    (before, name, i) => Prisma.sql`${before}${values[name] ?? valueOf(name, moment)}${Prisma.raw(texts[i + 1] ?? '')}`,
    Prisma.raw(texts[0] ?? ''),
  );
}

function valueOf(name: string, { atMs, clock, fading }: SqlMoment): Prisma.Sql {
  switch (name) {
    case 'now':
      return clock === 'fixed' ? Prisma.sql`${atMs}::float8` : Prisma.sql`(${atMs}::float8 + l.clock_offset_ms)`;
    case 'halfLife':
      return Prisma.sql`${fading.halfLifeMs}::float8`;
    case 'groups':
      return Prisma.sql`${groupsOf(fading)}::jsonb`;
    case 'limit':
      return Prisma.sql`${fading.limit ?? null}::float8`;
    case 'bands':
      return Prisma.sql`${fading.bands === undefined ? null : JSON.stringify(fading.bands)}::jsonb`;
    case 'readiness':
      return Prisma.sql`${JSON.stringify(readinessSteps(fading))}::jsonb`;
    case 'accountPerson':
      return Prisma.sql`${fading.account?.personScore ?? null}::float8`;
    case 'accountWithin':
      return Prisma.sql`${fading.account === undefined ? null : spanToMs(fading.account.within)}::float8`;
    case 'accountGrades':
      return Prisma.sql`${GRADES.filter((grade) => fading.ready?.[grade] !== null)}::text[]`;
    case 'lineNeed':
      return Prisma.sql`${fading.lineNeed?.score ?? null}::float8`;
    case 'learned':
      return learnedSql(fading.learned, (sql) => bound(sql, { atMs, clock, fading }));
    case 'freeMail':
      return Prisma.sql`${FREE_MAIL}::text[]`;
    default:
      throw new Error(`The SQL of a field names $${name}, which nobody knows`);
  }
}

function groupsOf({ groups = [] }: Fading): string {
  return JSON.stringify(
    Object.fromEntries(groups.map(({ group, halfLifeMs, limit }) => [group, { h: halfLifeMs, l: limit }])),
  );
}

const FREE_MAIL = [...FREE_MAIL_DOMAINS];

/** What is counted of a behavior. A parameter that was needed and not given, or is no span, makes it unknown. */
export function behaviorSql(ask: BehaviorAsk, moment: SqlMoment): Prisma.Sql {
  return withParameters(ask, ask.field.sql, moment) ?? Prisma.sql`NULL::float8`;
}

/** The same of all leads at once; null: it is not known of all at once. */
export function behaviorOfAllSql(ask: BehaviorAsk, moment: SqlMoment): Prisma.Sql | null {
  const { sqlOfAll } = ask.field;
  return sqlOfAll === undefined ? null : withParameters(ask, sqlOfAll, moment);
}

/** Null: a parameter is missing. */
function withParameters({ field, values }: BehaviorAsk, sql: string, moment: SqlMoment): Prisma.Sql | null {
  const put: Record<string, Prisma.Sql> = {};
  for (const [name, { kind, otherwise }] of Object.entries(field.parameters)) {
    const value = values[name] ?? null;
    if (value !== null) put[name] = kind === 'span' ? Prisma.sql`${value}::float8` : Prisma.sql`${value}::text`;
    else if (otherwise !== undefined) put[name] = bound(otherwise, moment);
    else return null;
  }
  return bound(sql, moment, put);
}
