/** Checks the invariants once the stack is quiet, and again if one seems to be broken. */
import { setTimeout as sleep } from 'node:timers/promises';
import { closeDb, createDb } from '../src/store/db.ts';
import { newestRevision, readRules } from '../src/store/rules/read-rules.ts';
import type { Playbook } from '../src/domain/playbook.ts';
import type { EngagementRule } from '../src/domain/scoring.ts';
import { type Evidence, readProcesses, readRows, readSink } from './check/evidence.ts';
import type { Invariant } from './check/invariant.ts';
import { readHooks } from './hook-record.ts';
import { readRuns } from './check/runs.ts';
import type { Deployments } from './faults/deployments.ts';
import type { Fault } from './plan.ts';
import { unquiet } from './quiet.ts';
import type { Verdict } from './report.ts';
import type { Session } from './session.ts';

/** What was done to the stack and cannot be read from it afterwards. */
export interface Course {
  deployments: Deployments;
  struck: readonly Fault[];
  /** What kept the stack from becoming quiet in time. */
  restless: readonly string[];
}

/** After the last fault: `calmMs` without anything due, and `patienceMs` to wait for that. */
export interface Calm {
  calmMs: number;
  patienceMs: number;
}

const QUIET_LOOKS = 2;
/** A lead may fall due after its row was read and before its process is read. So only what stays wrong counts as broken. */
const LOOKS_AT_MOST = 8;
const LOOK_EVERY_MS = 5_000;

/** Returns what kept the stack from becoming quiet in time; empty when it became quiet. */
export async function waitUntilQuiet({ stack, say }: Session, calm: Calm): Promise<readonly string[]> {
  const deadline = Date.now() + calm.patienceMs;
  let quiet = 0;
  let why: string[] = [];
  for (let told = 0; quiet < QUIET_LOOKS && Date.now() < deadline; told += 1) {
    await sleep(2_000);
    why = unquiet(await readRows(stack.config.databaseUrl), calm.calmMs);
    quiet = why.length === 0 ? quiet + 1 : 0;
    if (told % 5 === 0 && why.length > 0) say(`  waiting: ${why.join(', ')}`);
  }
  if (quiet === QUIET_LOOKS) return [];
  say('  It did not become quiet in time; it is checked as it stands.');
  return why.length > 0 ? why : ['under way a moment ago'];
}

export async function gather(
  { plan, stack, temporal, client, record, deaths }: Session,
  { deployments, struck, restless }: Course,
): Promise<Evidence> {
  const { scoring } = await readPublished(stack.config.databaseUrl);
  const rows = await readRows(stack.config.databaseUrl);
  const leadIds = rows.leads.map(({ id }) => id);
  return {
    ...rows,
    plan,
    mails: readSink(stack),
    hooks: readHooks(stack.hooks),
    processes: await readProcesses(temporal, leadIds),
    runs: await readRuns(temporal),
    restless,
    struck,
    deploys: deployments.done,
    wedged: deployments.wedged,
    answers: record.answers,
    unexpected: client.unexpected,
    deaths,
    halfLifeMs: scoring.halfLifeMs,
    points: new Map(scoring.engagement.map((rule) => [rule.event, pointsOf(rule)])),
    rules: new Map(scoring.engagement.map((rule) => [rule.rule, { event: rule.event, points: pointsOf(rule) }])),
  };
}

/** The rules of chaos/playbook give the same for every event. */
function pointsOf({ points }: EngagementRule): number {
  return typeof points === 'number' ? points : 0;
}

/** The rules in force: those that the leads lived by. */
async function readPublished(databaseUrl: string): Promise<Playbook> {
  const db = createDb(databaseUrl, { max: 1 });
  try {
    return (await readRules(db, await newestRevision(db))).playbook;
  } finally {
    await closeDb(db);
  }
}

/** Returns the verdicts, and the evidence for them. */
export async function verify(
  invariants: readonly Invariant[],
  look: () => Promise<Evidence>,
): Promise<{ verdicts: Verdict[]; evidence: Evidence }> {
  for (let time = 1; ; time += 1) {
    const evidence = await look();
    const verdicts = invariants.map(({ holds, check }) => ({ holds, ...check(evidence) }));
    const held = verdicts.every(({ offenders }) => offenders.length === 0);
    if (held || time === LOOKS_AT_MOST) return { verdicts, evidence };
    await sleep(LOOK_EVERY_MS);
  }
}
