/**
 * Mails per second as the worker sends them, without Temporal: find the step, render and claim under the lead's lock, send by SMTP,
 * write the outcome. It is compared with Nodemailer's pool alone, with rendering without a database, and with the smallest possible
 * record: one insert before and one update after a ready message.
 */
import { createTransport as createNodemailer } from 'nodemailer';
import { walk } from '../src/activities/cadence-walk.ts';
import type { ActivityDeps } from '../src/activities/deps.ts';
import { inTurn } from '../src/activities/in-turn.ts';
import { takeIn } from '../src/activities/take-in.ts';
import { settle } from '../src/effects/settle.ts';
import { newId } from '../src/domain/ids.ts';
import { createLogger } from '../src/runtime/log.ts';
import { fixedRules } from '../src/store/rules/in-force.ts';
import { newestRevision, readRules } from '../src/store/rules/read-rules.ts';
import { closeDb, createDb } from '../src/store/db.ts';
import { createDeps } from '../src/activities/create-deps.ts';
import { poolOf, type Bench, type Measured, type Row } from './bench.ts';
import { createMailWriter } from './mail-writer.ts';
import { inParallel, median, pairedRatio, perSecond } from './measure.ts';
import { seedLeads } from './seed-leads.ts';
import { beforeStep } from './sleepers.ts';

/** The worker's own numbers of concurrent steps and SMTP connections. */
const CALLERS = 20;
const CONNECTIONS = 10;

/** Mails per second of each round. */
interface Rates {
  floor: number[];
  rendered: number[];
  recorded: number[];
  engine: number[];
}

export async function measureMail(bench: Bench): Promise<Measured> {
  const { mails, rounds } = bench.quick ? { mails: 100, rounds: 3 } : { mails: 1_000, rounds: 7 };
  const { config } = bench.stack;
  const db = createDb(config.databaseUrl, { max: CALLERS });
  const pool = createNodemailer({
    pool: true,
    url: config.mail.smtpUrl,
    maxConnections: CONNECTIONS,
    maxMessages: 500,
  });
  const rows = poolOf(config.databaseUrl, CALLERS);
  const rules = fixedRules(await readRules(db, await newestRevision(db)));
  const { deps, close } = createDeps(config, { db, rules, log: createLogger(config, 'bench') });
  try {
    await rows.query('CREATE TABLE IF NOT EXISTS bench_sends (LIKE sends INCLUDING ALL)');
    const leads = await seedLeads(bench.db, {
      tag: `mail-${bench.run}`,
      count: mails * (rounds + 1),
      score: 0,
      standing: beforeStep(new Date()),
    });
    const queue = leads.values();
    const write = await createMailWriter(deps);
    const ready = write();
    const step = async (): Promise<void> => sendStep(deps, queue.next().value?.leadId ?? '');
    const recorded = async (): Promise<void> => {
      const id = newId('send');
      await rows.query(
        `INSERT INTO bench_sends (id, key, lead_id, template_key, status, attempt, occurred_at) VALUES ($1, $1, 'x', 'x', 'claimed', 'x', now())`,
        [id],
      );
      await pool.sendMail({ ...ready });
      await rows.query(`UPDATE bench_sends SET status = 'sent', sent_at = now() WHERE id = $1`, [id]);
    };
    const measured: Rates = { floor: [], rendered: [], recorded: [], engine: [] };
    for (let round = -1; round < rounds; round += 1) {
      const counted: Rates = round < 0 ? { floor: [], rendered: [], recorded: [], engine: [] } : measured;
      const rate = (work: () => Promise<unknown>) => perSecond(mails, () => inParallel(mails, CALLERS, work));
      counted.floor.push(await rate(() => pool.sendMail({ ...ready })));
      counted.rendered.push(await rate(() => deps.mail.transport.send(write())));
      counted.recorded.push(await rate(recorded));
      counted.engine.push(await rate(step));
      if (round < 0) continue;
      const last = (all: readonly number[]): string => `${(all.at(-1) ?? 0).toFixed(0)}/s`;
      bench.say(
        `  round ${round + 1}: pool ${last(measured.floor)}, rendered ${last(measured.rendered)}, with the least of a record ${last(measured.recorded)}, engine ${last(measured.engine)}`,
      );
    }
    const row = (what: string, rates: readonly number[], want?: string): Row => ({
      what: `mail: ${what}`,
      floor: median(measured.floor),
      engine: median(rates),
      ratio: pairedRatio(rates, measured.floor),
      unit: 'mails/s',
      ...(want === undefined ? {} : { want }),
    });
    return {
      rows: [
        row('rendered, recorded, sent', measured.engine, '≥ 0.7'),
        row('rendered and sent only', measured.rendered),
        row('ready, one insert, one update', measured.recorded),
      ],
      details: { mails, ...measured },
    };
  } finally {
    pool.close();
    await rows.end();
    await close();
    await closeDb(db);
  }
}

/** Does the same as the activity `performStep`, in the same order and with the same functions. */
async function sendStep(deps: ActivityDeps, leadId: string): Promise<void> {
  const at = { leadId, atMs: Date.now(), heard: [] };
  const before = await inTurn(deps, at, async (turn) => {
    await takeIn(turn);
    await walk(turn);
  });
  const { claimed } = before;
  if (claimed === null) throw new Error(`No mail was due for ${leadId}`);
  const outcome = await claimed.act();
  await inTurn(deps, at, (turn) => settle(turn, claimed, outcome), before);
}
