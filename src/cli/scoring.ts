/** `scoring backtest` and `scoring learn`: what became of leads that were handed over, by the rules in the folders. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { backtest } from '../domain/backtest.ts';
import { learn, type Learning } from '../domain/learned/learn.ts';
import type { Goal } from '../domain/learned/model.ts';
import { needsGrading } from '../domain/scoring-plan.ts';
import type { PastHandOff } from '../domain/backtest.ts';
import type { Playbook } from '../domain/playbook.ts';
import { readFolders } from '../playbook/read-folders.ts';
import type { Config } from '../runtime/config.ts';
import { newestRevision, readRules } from '../store/rules/read-rules.ts';
import { readHandOffs } from '../store/scoring/hand-offs.ts';
import type { Answer } from './command.ts';
import { withDatabase } from './reach.ts';
import { backtestInWords, learnedFile, learningInWords } from './scoring-words.ts';

/** @throws AppError PLAYBOOK_INVALID, UNAVAILABLE, STACK_FAILED */
export async function scoringBacktest(config: Config): Promise<Answer> {
  const { playbook, handOffs, gradesOf } = await pastHandOffs(config);
  const data = { ...backtest(handOffs, playbook.scoring.bands), gradesOf };
  return { data, text: backtestInWords(data, gradesOf, playbook.reasons) };
}

export interface LearnChoice {
  goal: Goal;
  /** Writes playbook/learned.yaml. */
  write?: boolean | undefined;
  /** Writes it also if it is no better than the rules. */
  anyway?: boolean | undefined;
}

/** @throws AppError PLAYBOOK_INVALID, UNAVAILABLE, STACK_FAILED */
export async function scoringLearn(
  config: Config,
  { goal, write = false, anyway = false }: LearnChoice,
): Promise<Answer> {
  const { handOffs } = await pastHandOffs(config);
  const learning: Learning = learn(handOffs, goal);
  const isWorthIt = learning.enough && (learning.better || anyway);
  const file = path.join(config.playbookDir, 'learned.yaml');
  if (learning.enough && write && isWorthIt) await writeFile(file, learnedFile(learning.model));
  const written = write && isWorthIt ? file : null;
  return {
    data: { goal, ...learning, written },
    text: learningInWords(learning, { goal, write, written }),
    exitCode: write && !isWorthIt ? 1 : 0,
  };
}

interface Past {
  playbook: Playbook;
  handOffs: PastHandOff[];
  /** history: as they were then. now: made anew by the profile as it is now, as the fit rules are others than those in force. */
  gradesOf: 'history' | 'now';
}

async function pastHandOffs(config: Config): Promise<Past> {
  const { playbook } = await readFolders(config);
  return withDatabase(config, async (db) => {
    const newest = await newestRevision(db);
    const inForce = newest === 0 ? null : (await readRules(db, newest)).playbook;
    const regrade = inForce !== null && needsGrading(inForce.scoring, playbook.scoring);
    const handOffs = await readHandOffs(db, playbook, regrade);
    return { playbook, handOffs, gradesOf: regrade ? 'now' : 'history' };
  });
}
