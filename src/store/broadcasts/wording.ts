import { createHash } from 'node:crypto';
import type { BroadcastVariant } from '../../domain/broadcast.ts';
import { AppError } from '../../domain/errors.ts';
import type { TemplateSource } from '../../domain/template.ts';
import type { Db, Tx } from '../db.ts';
import { templateByHash } from '../process/templates.ts';
import { parseTemplate } from '../stored/template.ts';

/**
 * The template of a variant, with its own subject where it has one.
 * @throws AppError TEMPLATE_BROKEN when it is not stored
 */
export async function wordedAs(
  { db }: { db: Db },
  tx: Tx | Db,
  { template, hash, subject }: BroadcastVariant,
): Promise<TemplateSource> {
  const source = await templateByHash(db, tx, hash, parseTemplate);
  if (source === null) throw new AppError('TEMPLATE_BROKEN', `Template ‘${template}’ of this broadcast is not stored.`);
  return subject === undefined ? source : withSubject(source, subject);
}

const worded = new WeakMap<TemplateSource, Map<string, TemplateSource>>();

/** A template is compiled once a hash, so other words have a hash of their own. */
function withSubject(source: TemplateSource, subject: string): TemplateSource {
  const known = worded.get(source) ?? new Map<string, TemplateSource>();
  worded.set(source, known);
  const hash = createHash('sha256').update(`${source.hash}\n${subject}`).digest('hex');
  const found = known.get(subject) ?? { ...source, subject, hash };
  known.set(subject, found);
  return found;
}
