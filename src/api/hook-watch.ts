/** Tells other programs of hand-offs, as `webhook` of their teams says: signed, tried again, each once in the ledger. */
import type { Logger } from 'pino';
import { type HookFacts, slackText, type TeamHook } from '../domain/hand-off-hook.ts';
import type { Team } from '../domain/routing.ts';
import { baseOf } from '../domain/public-url.ts';
import type { Webhooks } from '../effects/http/signed-post.ts';
import { repeat } from '../relay/repeat.ts';
import { factsAsked, valuesOf } from '../steps/webhook/fields.ts';
import { leadNow } from '../store/clock.ts';
import type { StoreContext } from '../store/context.ts';
import { loadFacts } from '../store/facts/facts.ts';
import { reasonLabel } from '../domain/reason-words.ts';
import { readBrief } from '../store/lists/brief.ts';
import type { RulesInForce } from '../store/rules/in-force.ts';
import { type ClaimedHook, endHook, type HookEnd, readHandOff, takeHook } from '../store/sales/hand-off-hooks.ts';
import { messageId } from '../effects/http/message-id.ts';

export interface HookWatch {
  /** Tells of all that is due, now. Returns how many messages were taken by their receivers. */
  runNow(): Promise<number>;
  /** Finishes the current look, then ends. */
  close(): Promise<void>;
}

interface Options {
  db: StoreContext['db'];
  rules: RulesInForce;
  webhooks: Webhooks;
  log: Pick<Logger, 'warn'>;
  publicUrl: string;
  /** Pause between two looks while a team has a program to tell. */
  everyMs?: number;
}

const EVERY_MS = 2_000;
/** Between two looks while no team has a program to tell: what an earlier playbook left is let go of then. */
const QUIET_MS = 60_000;
/** A slow receiver does not hold up the others. */
const LANES = 4;
/** Pauses between attempts, in minutes. After the last the row in the ledger is `failed`. */
const AGAIN_AFTER = [1, 2, 5, 15, 60, 240, 480, 960] as const;

type HandOff = NonNullable<Awaited<ReturnType<typeof readHandOff>>>;

export function createHookWatch(options: Options): HookWatch {
  const { db, rules, webhooks, log, publicUrl, everyMs = EVERY_MS } = options;

  let quietUntilMs = 0;

  /** Rows come only where a team has a program to tell, so without one it looks seldom. */
  async function look(): Promise<void> {
    const nowMs = Date.now();
    const isQuiet = rules.current().playbook.routing.teams.every(({ webhook }) => webhook === undefined);
    if (isQuiet && nowMs < quietUntilMs) return;
    await runNow();
    quietUntilMs = nowMs + QUIET_MS;
  }

  /** Most looks find nothing: one lane asks, and the others join it once there is something. */
  async function runNow(): Promise<number> {
    const first = await takeHook(db);
    if (first === null) return 0;
    const others = Array.from({ length: LANES - 1 }, async () => lane(await takeHook(db)));
    const told = await Promise.all([lane(first), ...others]);
    return told.reduce((sum, count) => sum + count, 0);
  }

  async function lane(first: ClaimedHook | null): Promise<number> {
    let told = 0;
    for (let hook = first; hook !== null; hook = await takeHook(db)) {
      const end = await tell(hook);
      await endHook(db, hook, end, hook.occurredAt);
      if (end !== 'unwanted' && 'status' in end && end.status === 'sent') told += 1;
    }
    return told;
  }

  async function tell(hook: ClaimedHook): Promise<HookEnd> {
    const handOff = await readHandOff(db, hook.assignmentId);
    const team = rules.current().playbook.routing.teams.find((one) => one.team === handOff?.team);
    const wanted = team?.webhook;
    if (handOff === null || team === undefined || wanted === undefined || !wanted.on.includes(hook.event))
      return 'unwanted';
    const body = JSON.stringify(await messageOf(hook, handOff, team, wanted));
    const outcome = await webhooks.post({ url: wanted.url, id: messageId(hook.key), body, secret: wanted.secret });
    if (outcome.kind === 'accepted') return { status: 'sent', reason: null };
    const { reason } = outcome;
    log.warn({ key: hook.key, team: team.team, reason }, 'another program was not told of a hand-off');
    const againInMinutes = AGAIN_AFTER[hook.attempts - 1];
    const isFinal = againInMinutes === undefined || (outcome.kind === 'refused' && outcome.scope === 'recipient');
    return isFinal ? { status: 'failed', reason } : { againInMinutes };
  }

  async function messageOf(hook: ClaimedHook, handOff: HandOff, team: Team, wanted: TeamHook): Promise<object> {
    const { lead, rep, needId } = handOff;
    const facts = await factsOf(hook, handOff, team, wanted);
    if (wanted.format === 'slack') return { text: slackText(facts) };
    const { event, what, whyNow, fields, url } = facts;
    return {
      type: `hand-off.${event}`,
      timestamp: hook.occurredAt.toISOString(),
      data: {
        lead: lead.id,
        need: needId,
        assignment: handOff.id,
        team: team.team,
        rep: rep.key,
        stage: lead.stage,
        grade: lead.fitGrade,
        ...(what === null ? {} : { what }),
        ...(handOff.reason === null ? {} : { reason: handOff.reason }),
        ...(whyNow === null ? {} : { whyNow }),
        ...(Object.keys(fields).length === 0 ? {} : { fields }),
        url,
      },
    };
  }

  async function factsOf({ event, what }: ClaimedHook, handOff: HandOff, team: Team, wanted: TeamHook) {
    const { playbook } = rules.current();
    const { lead, rep, need } = handOff;
    const atMs = leadNow(lead, Date.now());
    const send = wanted.send ?? [];
    const asked = factsAsked(send).map((name) => ({ [name]: { exists: true } }));
    const fields = valuesOf(send, lead, await loadFacts(db, lead, asked, playbook, atMs, { need }));
    const brief = wanted.whyNow === true ? await readBrief(db, lead.id, new Date(atMs), playbook) : null;
    return {
      event,
      what,
      rep: rep.name,
      team: team.name,
      grade: lead.fitGrade,
      reason: handOff.reason === null ? null : reasonLabel(handOff.reason, playbook.reasons),
      whyNow: brief?.whyNow ?? null,
      fields,
      url: `${baseOf(publicUrl)}/console/leads/${lead.id}`,
    } satisfies HookFacts;
  }

  const repetition = repeat(everyMs, look, (error) =>
    log.warn({ err: error }, 'a look at what other programs are to be told of failed and is tried again'),
  );
  return { runNow, close: () => repetition.close() };
}
