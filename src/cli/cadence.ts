/** `cadence list` and `cadence show`: what is published, who stands where, and what the steps did. */
import Table from 'cli-table3';
import { countOf } from '../domain/count-of.ts';
import { hintFor } from '../domain/did-you-mean.ts';
import { AppError } from '../domain/errors.ts';
import { cadenceOfScope, cadenceScope, SENDING } from '../domain/pauses.ts';
import { minuteInUtc } from '../domain/when.ts';
import type { Config } from '../runtime/config.ts';
import { asciiPicture, mermaidPicture } from '../steps/picture.ts';
import type { Db } from '../store/db.ts';
import type { Pause } from '../store/generated/client.ts';
import { countSteps, NO_COUNTS, type StepCounts } from '../store/lists/cadence-steps.ts';
import { listCadences, type CadenceInUse } from '../store/lists/cadences.ts';
import { type ShownCanary, shownCanaries } from '../store/lists/trials.ts';
import { listPauses } from '../store/pauses.ts';
import { newestRevision, readRules } from '../store/rules/read-rules.ts';
import type { Answer } from './command.ts';
import { pauseInWords } from './pause-words.ts';
import { withDatabase } from './reach.ts';

export async function cadenceList(config: Config): Promise<Answer> {
  return withDatabase(config, async (db) => {
    const { inUse, published, canaries, pauses } = await cadencesOf(db);
    const cadences = inUse.map(({ revision, active, activeInAll }) => ({
      cadence: revision.cadence,
      name: revision.definition.name,
      revision: revision.number,
      steps: revision.definition.steps.length,
      inForce: published.has(revision.cadence),
      enrolled: activeInAll,
      enrolledInThisRevision: active,
      canary: canaries.get(revision.cadence) ?? null,
      paused: pauses.get(cadenceScope(revision.cadence)) ?? null,
    }));
    if (cadences.length === 0)
      return { data: { cadences }, text: 'No cadence is published yet: `npx nurture publish` publishes the playbook.' };
    const head = ['Cadence', 'Name', 'Revision of the cadence', 'Steps', 'Enrolled', 'of this revision', 'Canary'];
    const table = new Table({ head, style: { head: [], border: [] } });
    for (const one of cadences)
      table.push([
        `${one.cadence}${one.inForce ? '' : ' (not in the playbook any more)'}${one.paused === null ? '' : ' (paused)'}`,
        one.name,
        one.revision,
        one.steps,
        one.enrolled,
        one.enrolledInThisRevision,
        one.canary === null
          ? ''
          : `revision ${one.canary.revision} for ${one.canary.percent}%: ${countOf(one.canary.leads, 'lead')} since ${one.canary.since.toISOString().slice(0, 10)}`,
      ]);
    const sending = pauses.get(SENDING);
    const text = [table.toString(), ...(sending === undefined ? [] : [inPause(sending)])].join('\n');
    return { data: { cadences, sendingPaused: sending ?? null }, text };
  });
}

/** @throws AppError CADENCE_UNKNOWN */
export async function cadenceShow(config: Config, cadence: string, { mermaid = false }): Promise<Answer> {
  return withDatabase(config, async (db) => {
    const { inUse, canaries, pauses } = await cadencesOf(db);
    const found = inUse.find(({ revision }) => revision.cadence === cadence);
    if (found === undefined) {
      const hint = hintFor(
        cadence,
        inUse.map(({ revision }) => revision.cadence),
      );
      throw new AppError('CADENCE_UNKNOWN', `There is no published cadence "${cadence}"${hint}`);
    }
    const { definition, number } = found.revision;
    const { entered, steps: counted } = await countSteps(db, cadence);
    const countsOf = (stepId: string): StepCounts => counted.get(stepId) ?? NO_COUNTS;
    const steps = definition.steps.map(({ id, kind }) => ({ id, kind, ...countsOf(id) }));
    const gone = [...counted].flatMap(([id, counts]) =>
      definition.steps.some((step) => step.id === id) ? [] : [{ id, ...counts }],
    );
    const picture = (mermaid ? mermaidPicture : asciiPicture)(definition, (id) => inWords(countsOf(id)));
    const head = `${definition.name} (${cadence}, revision ${number} of the cadence): ${entered} enrolled in all, ${found.activeInAll} now`;
    const canary = canaries.get(cadence);
    const paused = [pauses.get(SENDING), pauses.get(cadenceScope(cadence))].filter((one) => one !== undefined);
    const others = gone.map((one) => `${one.id}: ${inWords(one)} (a step of an earlier revision)`);
    return {
      data: {
        cadence,
        name: definition.name,
        revision: number,
        entered,
        enrolled: found.activeInAll,
        canary: canary ?? null,
        paused,
        answer: definition.answer ?? [],
        steps,
        gone,
      },
      text: mermaid
        ? picture
        : [head, ...paused.map(inPause), ...canaryInWords(canary), '', picture, ...others].join('\n'),
    };
  });
}

function inPause({ scope, ...pause }: Pause): string {
  return pauseInWords({ ...pause, cadence: cadenceOfScope(scope) });
}

function canaryInWords(canary: ShownCanary | undefined): string[] {
  if (canary === undefined) return [];
  const { revision, percent, leads, since } = canary;
  return [
    `A canary runs: ${percent}% of new enrollments get revision ${revision} since ${minuteInUtc(since)}, ${leads} so far`,
    'How it does: npx nurture cadence results, which also compares arms of splits',
  ];
}

interface Cadences {
  inUse: CadenceInUse[];
  published: ReadonlyMap<string, string>;
  canaries: ReadonlyMap<string, ShownCanary>;
  /** By scope. */
  pauses: ReadonlyMap<string, Pause>;
}

async function cadencesOf(db: Db): Promise<Cadences> {
  const number = await newestRevision(db);
  const rules = number === 0 ? null : await readRules(db, number);
  const published = rules?.cadences ?? new Map<string, string>();
  return {
    inUse: await listCadences(db, published),
    published,
    canaries: await shownCanaries(db, rules?.canaries ?? new Map()),
    pauses: new Map((await listPauses(db)).map((one) => [one.scope, one])),
  };
}

/** "12 here · sent 340, clicked 41 (12%), replied 3"; nothing where nothing happened. The share is of what is tracked. */
function inWords({ here, sent, untracked, skipped, clicked, replied, unsubscribed, clicks }: StepCounts): string {
  const tracked = sent - untracked;
  const share = tracked > 0 && clicked > 0 ? ` (${Math.round((100 * clicked) / tracked)}%)` : '';
  const did = [
    sent > 0 ? `sent ${sent}` : '',
    untracked > 0 ? `not tracked ${untracked}` : '',
    clicked > 0 ? `clicked ${clicked}${share}` : '',
    clicks.suspect > 0 ? `perhaps clicked by a scanner ${clicks.suspect}` : '',
    clicks.machine > 0 ? `clicked by machines ${clicks.machine}` : '',
    replied > 0 ? `replied ${replied}` : '',
    unsubscribed > 0 ? `unsubscribed ${unsubscribed}` : '',
    skipped > 0 ? `skipped ${skipped}` : '',
  ].filter((part) => part !== '');
  return [here > 0 ? `${here} here` : '', did.join(', ')].filter((part) => part !== '').join(' · ');
}
