/** Which cadences have a canary once a playbook is published, and how large its share is. */
import { canonicalJson } from '../../domain/canonical-json.ts';
import { AppError } from '../../domain/errors.ts';
import type { Playbook } from '../../domain/playbook.ts';
import type { Tx } from '../db.ts';
import type { CadenceRevision } from '../generated/client.ts';
import { parseRevision } from '../process/revisions.ts';
import type { PublishedRules } from './in-force.ts';
import type { CadenceToPublish } from './publish-cadence.ts';

/** A share of new enrollments is to get the changed cadences, or one of them. */
export interface NewCanary {
  percent: number;
  cadence?: string | undefined;
}

/** The playbook as its files say it: a cadence with a canary says what the canary says. */
export function asFiled(rules: PublishedRules): PublishedRules & { playbook: Playbook } {
  const cadences = rules.playbook.cadences.map((one) => rules.canaries.get(one.cadence)?.definition ?? one);
  return { ...rules, playbook: { ...rules.playbook, cadences } };
}

/** What is in force, as it was published: with the templates that it pins, whatever templates say since. */
export async function cadencesInForce(tx: Tx, ids: readonly string[]): Promise<CadenceToPublish[]> {
  const rows = await tx.$queryRaw<CadenceRevision[]>`
    SELECT id, cadence, number, hash, definition, templates, amends, created_at AS "createdAt" FROM cadence_revisions
    WHERE id = ANY(${[...ids]}) ORDER BY cadence`;
  return rows.map(parseRevision).map(({ definition, hash, templates }) => ({
    cadence: definition,
    hash,
    templates: templates as Record<string, string>,
  }));
}

/**
 * Percent by key of the cadence. A canary that runs goes on while the files say what it says; `ended`: it does not.
 * @throws AppError CONFLICT when there is nothing to try out, or a running canary would be ended in passing
 */
export async function canariesFor(
  tx: Tx,
  before: PublishedRules | null,
  published: readonly CadenceToPublish[],
  { canary, ended }: { canary?: NewCanary | undefined; ended?: ReadonlySet<string> | undefined },
): Promise<ReadonlyMap<string, number>> {
  const running = before?.canaries ?? new Map<string, never>();
  if (canary === undefined && running.size === 0) return new Map();
  const inForce = new Map(
    (await cadencesInForce(tx, [...(before?.cadences.values() ?? [])])).map((one) => [one.cadence.cadence, one]),
  );
  const shares = new Map<string, number>();
  for (const entry of published) {
    const key = entry.cadence.cadence;
    const live = inForce.get(key);
    const runs = running.get(key);
    const isTried = canary !== undefined && (canary.cadence === undefined || canary.cadence === key);
    if (isTried && live !== undefined && !isSame(live, entry)) {
      requireSameKind(live, entry);
      shares.set(key, canary.percent);
    } else if (runs !== undefined && ended?.has(key) !== true) {
      if (!isSame({ cadence: runs.definition, templates: runs.templates }, entry)) throw isTriedOut(key, runs.percent);
      shares.set(key, runs.percent);
    }
  }
  if (canary !== undefined && ![...shares.keys()].some((key) => canary.cadence === undefined || canary.cadence === key))
    throw new AppError(
      'CONFLICT',
      `${canary.cadence === undefined ? 'No cadence in force' : `‘${canary.cadence}’ is not in force, or has not`} changed: there is nothing to give to a share of leads first. A cadence that is new is published without --canary.`,
    );
  return shares;
}

type Words = Pick<CadenceToPublish, 'cadence' | 'templates'>;

function isSame(one: Words, other: Words): boolean {
  const { cadence, templates } = one;
  return (
    canonicalJson(cadence) === canonicalJson(other.cadence) &&
    canonicalJson(templates) === canonicalJson(other.templates)
  );
}

function requireSameKind({ cadence: live }: Words, { cadence: now }: Words): void {
  if (live.kind !== now.kind || live.purpose !== now.purpose)
    throw new AppError(
      'CONFLICT',
      `‘${now.cadence}’ has another kind or purpose than the revision in force: it cannot be given to a share of leads. Publish it without --canary.`,
    );
}

function isTriedOut(cadence: string, percent: number): AppError {
  return new AppError(
    'CONFLICT',
    `A canary of ‘${cadence}’ runs (${percent}%), and the files say something else. End it with \`publish --promote\` or \`publish --halt "why"\`, or publish the files with --canary in its place.`,
  );
}
