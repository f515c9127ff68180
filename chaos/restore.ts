/**
 * `npm run chaos -- --restore`: under load a backup of the product's database is made, not of Temporal's. A while later all workers
 * and APIs are killed, and the backup is restored. No mail may be sent twice unnoticed, and everything that was lost must be listed.
 * Then a person works through the list, and everything goes on.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { toEnvironment } from '../src/runtime/config-environment.ts';
import { backupUrl, putBack, takeBackup } from './backup.ts';
import { allAnswered } from './check/at-rest.ts';
import { type Evidence, readRows, readSink } from './check/evidence.ts';
import { type Loss, RESTORED, SEEN_TO, whatWasAnswered } from './check/restored.ts';
import { giveUp } from './give-up.ts';
import { type Calm, type Course, gather, verify, waitUntilQuiet } from './verify.ts';
import { live } from './load.ts';
import type { Plan } from './plan.ts';
import { describeRun, seconds, type Verdict } from './report.ts';
import { type Readers, startReaders } from './readers.ts';
import { type Reps, startReps } from './reps.ts';
import type { Session } from './session.ts';

const run = promisify(execFile);
const ENTRY = path.join(import.meta.dirname, '..', 'src', 'cli', 'main.ts');
const BACKUP_AT_MS = 25_000;
const LOSS_AT_MS = 45_000;
/** An API that has not answered for this long counts as down. */
const ANSWERED_WITHIN_MS = 60_000;

/** The plan without pauses and resumes: in this run only the person who works through the list resumes leads. Nobody manages. */
export function withoutFaults({ lives, ...plan }: Plan): Plan {
  const kept = lives.map((life) => ({
    ...life,
    acts: life.acts.filter(({ act }) => act.kind !== 'pause' && act.kind !== 'resume'),
  }));
  return { ...plan, faults: [], managing: [], casting: [], lives: kept };
}

export async function restore(session: Session, calm: Calm): Promise<Verdict[]> {
  const { client, plan, record } = session;
  const startedAt = Date.now();
  const tell = (text: string): void => session.say(`${seconds(Date.now() - startedAt)}  ${text}`);
  const reps = startReps({ seed: plan.seed, client, record });
  const readers = startReaders({ seed: plan.seed, client, record, mails: () => readSink(session.stack) });
  try {
    const living = live(plan, client, record, startedAt);
    const loss = await lose(session, startedAt, tell);
    const lived = living.then(() => readers.stop());
    await Promise.race([lived, sleep(calm.patienceMs, undefined, { ref: false })]);
    reps.hurry();
    const look = (restless: Course['restless']) => async (): Promise<Evidence> =>
      whatWasAnswered(await gather(session, { deployments: { done: [], wedged: [] }, struck: [], restless }), loss);
    const asRestored = look(await waitUntilQuiet(session, calm));
    loss.attention = await readAttention(session);
    tell('the invariants are checked as the restore left the stack');
    const restored = await verify(RESTORED(loss), asRestored);
    console.log(`\n${describeRun(restored.evidence, client.statuses)}\n`);
    tell(await seeTo(session, loss));
    const asSeenTo = look(await waitUntilQuiet(session, calm));
    tell('the invariants are checked as a person left the stack');
    const seen = await verify(SEEN_TO, asSeenTo);
    tell(`${sentAgain(seen.evidence)} mails were sent again, by the person's word`);
    await giveUp(client, reps.stop(), readers.stop(), living);
    return [
      { holds: allAnswered.holds, ...allAnswered.check({ ...seen.evidence, answers: record.answers }) },
      ...restored.verdicts,
      ...seen.verdicts.map((one) => ({ ...one, holds: `seen to: ${one.holds}` })),
    ];
  } finally {
    await end(session, reps, readers);
  }
}

async function end({ client }: Session, reps: Reps, readers: Readers): Promise<void> {
  client.giveUp();
  await Promise.all([reps.stop(), readers.stop()]);
}

async function lose({ stack }: Session, startedAt: number, tell: (text: string) => void): Promise<Loss> {
  const { databaseUrl } = stack.config;
  await sleep(startedAt + BACKUP_AT_MS - Date.now());
  const backupAt = Date.now();
  await takeBackup(stack);
  const backup = await readRows(backupUrl(stack));
  tell(`a backup was taken: ${backup.leads.length} leads, ${backup.sends.length} sends`);
  await sleep(startedAt + LOSS_AT_MS - Date.now());
  await stack.killProduct();
  const lost = await readRows(databaseUrl);
  tell(`all is down, and the database is lost: ${lost.leads.length} leads, ${lost.sends.length} sends`);
  await putBack(stack);
  const env = { ...process.env, ...toEnvironment(stack.config) };
  const { stdout } = await run(process.execPath, [ENTRY, 'after-restore'], { env });
  const restored = await readRows(databaseUrl);
  const headings = stdout.split('\n').filter((line) => !line.startsWith('  '));
  tell(`the backup was put back. ${headings.join(' ')}`);
  const restoredAt = Date.now();
  await stack.startProduct();
  tell('all is up again');
  return { backupAt, restoredAt, backup, lost, restored, attention: [] };
}

/** Sends of one intent beyond the first. */
function sentAgain({ mails, sends }: Evidence): number {
  const keyOf = new Map(sends.map(({ id, key }) => [id, key]));
  const keys = mails.flatMap(({ sendId, fate }) => (fate === 'taken' ? (keyOf.get(sendId) ?? sendId) : []));
  return keys.length - new Set(keys).size;
}

/** Every entry of the list that an operator sees. */
async function readAttention({ client }: Session): Promise<Loss['attention']> {
  const entries: Loss['attention'] = [];
  for (let cursor = ''; ;) {
    const path = `/v1/attention?limit=200${cursor}`;
    const { status, body } = await client.ask({ method: 'GET', path, forMs: ANSWERED_WITHIN_MS });
    if (status !== 200) throw new Error(`GET ${path} was answered with ${status === 0 ? 'nothing' : status}`);
    entries.push(...(body['items'] as Loss['attention']));
    if (typeof body['nextCursor'] !== 'string') return entries;
    cursor = `&cursor=${encodeURIComponent(body['nextCursor'])}`;
  }
}

/** Does what a person would do, in the simplest way: resumes every held lead, and terminates processes whose lead does not exist. */
async function seeTo({ client, temporal }: Session, { attention }: Loss): Promise<string> {
  const held = attention.filter(({ kind, reason }) => kind === 'held' && reason.startsWith('RESTORED'));
  const answers = await Promise.all(
    held.map(({ leadId }) =>
      client.ask({
        method: 'POST',
        path: `/v1/leads/${leadId}/resume`,
        key: `seen-to-${leadId}`,
        forMs: ANSWERED_WITHIN_MS,
      }),
    ),
  );
  const unknown = attention.filter(({ ref }) => ref === 'unknown-lead');
  for (const { leadId } of unknown) await temporal.workflow.getHandle(leadId).terminate('the lead is not known');
  const resumed = answers.filter(({ status }) => status === 200).length;
  return `${resumed} of ${held.length} leads that were held were resumed, ${unknown.length} processes without a lead were ended`;
}
