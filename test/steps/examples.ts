/** What the conformance test is told of each kind of step: a file a kind, in the folder kinds. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Story } from '../replay/story.ts';

export interface Example {
  /**
   * Steps of a cadence (YAML), one of which is of the kind and has the id "it". The lead stands before it for some time: behind
   * a wait, unless the step itself takes time. After it comes a step "after", unless it leaves the cadence.
   */
  steps: string;
  /** What happens to a lead in this cadence, until the step was performed and the lead is at its end. */
  live(story: Story): Promise<unknown>;
  /** The line of the timeline that tells of the step. */
  told: RegExp;
  /** Steps with a mistake, the first on line 3 of its file, and what is reported. */
  mistakes: readonly (readonly [steps: string, says: string])[];
  /** How often the step has had an effect outside, whatever came between; null: it has none. */
  effects: ((story: Story) => number) | null;
  /** Its receiver knows a repeat by its id, so what is in doubt is repeated. */
  repeats?: true;
}

const FOLDER = path.join(import.meta.dirname, 'kinds');

/** "waitFor" as "wait-for": the name of the kind in files and keys. */
export function keyOfKind(kind: string): string {
  return kind.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** By the key of the kind. */
export const EXAMPLES: ReadonlyMap<string, Example> = new Map(
  await Promise.all(
    readdirSync(FOLDER).map(async (file): Promise<[string, Example]> => {
      const name = path.basename(file, '.ts');
      const { example } = (await import(`./kinds/${name}.ts`)) as { example: Example };
      return [name, example];
    }),
  ),
);

/** Cadence and life of an example have the same name, which is also the source that enrolls in it. */
export function lifeOfKind(key: string): string {
  return `step-${key}`;
}

/** The cadences of all examples, as files of a playbook: YAML by key. */
export function exampleCadences(): Record<string, string> {
  return Object.fromEntries(
    [...EXAMPLES].map(([key, { steps }]) => {
      const head = [`name: A step of the kind ${key}`, `enroll: { when: { source: ${lifeOfKind(key)} } }`];
      return [lifeOfKind(key), [...head, 'priority: 10', 'reentry: always', 'steps:', steps.trimEnd(), ''].join('\n')];
    }),
  );
}
