/** Better words for leads on the way: each stays in the steps that it has, and gets the templates as they are published now. */
import type { Cadence } from '../domain/cadence.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import { diffCadence } from '../domain/cadence-diff.ts';
import { AppError } from '../domain/errors.ts';
import { liveRevisions } from '../store/bulk/in-cadence.ts';
import { createRun, runsUnderWay, sendRunTo } from '../store/bulk/runs.ts';
import type { Tx } from '../store/db.ts';
import { parseRevision, type ReadRevision } from '../store/process/revisions.ts';
import { type CadenceToPublish, publishCadence } from '../store/rules/publish-cadence.ts';
import type { Published, ToPublish } from '../store/rules/publish-revision.ts';
import { cadenceHash } from './revision.ts';

export interface Amendment {
  /** Only the leads of this cadence. */
  cadence?: string | undefined;
  rate: number;
  by: string;
}

/** A revision as it is with other words, and the keys of the templates that differ. */
export interface Amended extends CadenceToPublish {
  changed: readonly string[];
}

/**
 * Begins a run for each cadence with leads that wait for words that are others now. They keep their steps, also where these are those of
 * an older revision.
 * @throws AppError CADENCE_UNKNOWN; CONFLICT when steps are published that are not those in force
 */
export async function amendLeads(tx: Tx, published: Published, { cadence, rate, by }: Amendment): Promise<string[]> {
  const tried = [...(published.before?.canaries.keys() ?? [])].filter(
    (key) => cadence === undefined || cadence === key,
  );
  if (tried.length > 0)
    throw new AppError(
      'CONFLICT',
      `A canary of ${tried.map((key) => `‘${key}’`).join(', ')} runs: end it with --promote or --halt before words are mended.`,
    );
  requireSameSteps(published.before?.playbook.cadences ?? [], published.input, cadence);
  const wanted = new Set(
    cadence === undefined ? published.input.playbook.cadences.map((one) => one.cadence) : [cadence],
  );
  const runs = new Map<string, { revisions: Record<string, string>; total: number }>();
  for (const { revision, leads } of await liveRevisions(tx)) {
    const { cadence: key, id, number, amends } = revision;
    const words = wanted.has(key) ? amendedBy(revision, published.input) : null;
    if (words === null) continue;
    const run = runs.get(key) ?? { revisions: {}, total: 0 };
    run.revisions[id] = await publishCadence(tx, words, amends ?? number);
    run.total += leads;
    runs.set(key, run);
  }
  for (const key of wanted) await sendRunsAlong(tx, key, published.input);
  const begun: string[] = [];
  for (const [key, { revisions, total }] of runs)
    begun.push(await createRun(tx, { kind: 'amend', params: { cadence: key, revisions }, rate, total, by }));
  return begun;
}

/** A migration that is under way goes on to the new words: without this it would take leads to the old ones, and amended leads back to them. */
async function sendRunsAlong(tx: Tx, cadence: string, input: ToPublish): Promise<void> {
  for (const { id, to } of await runsUnderWay(tx, cadence)) {
    const revision = parseRevision(await tx.cadenceRevision.findUniqueOrThrow({ where: { id: to } }));
    const words = amendedBy(revision, input);
    if (words !== null) await sendRunTo(tx, id, await publishCadence(tx, words, revision.amends ?? revision.number));
  }
}

/** The revision with the words that are to be published; null when it has them. A template that is gone keeps its last words. */
export function amendedBy({ definition, templates: pinned }: ReadRevision, { templates }: ToPublish): Amended | null {
  const before = pinned as Record<string, string>;
  const now = Object.fromEntries(
    Object.entries(before).map(([key, hash]) => [key, templates.get(key)?.hash ?? hash] as const),
  );
  const changed = Object.keys(before).filter((key) => before[key] !== now[key]);
  if (changed.length === 0) return null;
  return { cadence: definition, templates: now, hash: cadenceHash(definition, now), changed };
}

/**
 * Leads on the way keep their steps, so there may be no other ones: steps that were appended reach them by a migration, and so do the words.
 * @throws AppError CADENCE_UNKNOWN, CONFLICT, see `amendLeads`
 */
export function requireSameSteps(inForce: readonly Cadence[], input: ToPublish, only: string | undefined): void {
  const { cadences } = input.playbook;
  if (only !== undefined && !cadences.some(({ cadence }) => cadence === only))
    throw new AppError(
      'CADENCE_UNKNOWN',
      `There is no cadence ‘${only}’; known: ${cadences.map(({ cadence }) => cadence).join(', ')}.`,
    );
  const changed = cadences.flatMap((cadence) => {
    const before = inForce.find((one) => one.cadence === cadence.cadence);
    const isWanted = only === undefined || only === cadence.cadence;
    return isWanted && before !== undefined && !saysTheSame(before.steps, cadence.steps) ? [{ before, cadence }] : [];
  });
  if (changed.length === 0) return;
  const isLonger = changed.every(({ before, cadence }) =>
    saysTheSame(before.steps, cadence.steps.slice(0, before.steps.length)),
  );
  throw new AppError(
    'CONFLICT',
    `${changed.map(({ before, cadence }) => otherSteps(before, cadence)).join('; ')}: --amend changes the words of templates, not steps. ${
      isLonger ? AS_STEPS_WERE_APPENDED : AS_STEPS_CHANGED
    }`,
  );
}

const AS_STEPS_CHANGED =
  'Publish the steps with --migrate or --restart, or without either for new leads alone; or take them back, and amend the words first.';
const AS_STEPS_WERE_APPENDED =
  'As steps were only appended, --migrate gives leads on the way the new words and these steps, and changes nothing else for them; with ' +
  '--include-finished, who has finished the cadence gets these steps, too.';

function saysTheSame(before: Cadence['steps'], after: Cadence['steps']): boolean {
  return canonicalJson(before) === canonicalJson(after);
}

function otherSteps(before: Cadence, after: Cadence): string {
  const steps = diffCadence(before, after).flatMap(({ change, stepId }) =>
    stepId === null ? [] : [`‘${stepId}’ ${change}`],
  );
  return `‘${after.cadence}’ has other steps than the revision in force (${steps.join(', ')})`;
}
