import { SCORE_SQL } from '../../domain/fields/of-score.ts';
import { PROFILE_FIELDS } from '../../domain/fields/of-lead.ts';
import type { LearnedModel } from '../../domain/learned/model.ts';
import { Prisma } from '../generated/client.ts';

const FREE_MAIL_SQL = PROFILE_FIELDS.find(({ name }) => name === 'freeMail')?.sql ?? 'NULL';

/** As `learnedPercent`, over `leads l`. `bind` puts in what the SQL of a field names by `$`. */
export function learnedSql(model: LearnedModel | undefined, bind: (sql: string) => Prisma.Sql): Prisma.Sql {
  if (model === undefined) return Prisma.sql`NULL::float8`;
  const terms = model.weights.map(
    ({ feature, weight }) => Prisma.sql`${weight}::float8 * ${featureSql(feature, bind)}`,
  );
  const z = Prisma.join([Prisma.sql`${model.intercept}::float8`, ...terms], ' + ');
  return Prisma.sql`(floor(1000::float8 / (1 + exp(-least(50, greatest(-50, ${z})))) + 0.5) / 10)`;
}

function featureSql(feature: string, bind: (sql: string) => Prisma.Sql): Prisma.Sql {
  const flag = (truth: Prisma.Sql): Prisma.Sql => Prisma.sql`(CASE WHEN ${truth} THEN 1 ELSE 0 END)`;
  const [kind = '', ...rest] = feature.split(':');
  const value = rest.join(':');
  if (feature === 'score') return Prisma.sql`ln(1 + greatest(0, (${bind(SCORE_SQL)})::float8))`;
  if (feature === 'freeMail') return flag(bind(FREE_MAIL_SQL));
  if (kind === 'grade') return flag(Prisma.sql`l.fit_grade::text = ${value}`);
  return kind === 'source' ? flag(Prisma.sql`l.source = ${value}`) : Prisma.sql`0`;
}
