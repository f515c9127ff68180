/** A simulated life: a persona comes in, time passes, and whatever people do is done at its time. */
import { randomUUID } from 'node:crypto';
import { zoneOfLead } from '../domain/lead-zone.ts';
import { AppError } from '../domain/errors.ts';
import { leadNow } from '../store/clock.ts';
import { submitLead } from '../store/capture/submit-lead.ts';
import type { Lead } from '../store/generated/client.ts';
import { perform } from './act.ts';
import { dayTime, endOfDay, nextWeekTime } from './clock.ts';
import type { Lived } from './lived.ts';
import { createMailbox } from './mailbox.ts';
import type { Persona } from './persona.ts';
import { Plan } from './plan.ts';
import { quiet } from './quiet.ts';
import { SIMULATION } from './read-timeline.ts';
import { createRepDesk, type RepDesk } from './rep-desk.ts';
import type { Studio } from './studio.ts';
import { entersAt, sweep } from './sweep.ts';
import { whyByHand } from './why-by-hand.ts';
import type { World } from './world.ts';

export interface LifeOptions {
  persona: Persona;
  /** The cadence that the persona is to go through; null: the one that takes it. */
  cadence: string | null;
  /** Days to play, after the day on which the persona comes in. */
  days: number;
  seed: number;
  /** The simulation starts here: the persona comes in at the first time after it that its file says. Epoch milliseconds. */
  fromMs: number;
  signal: AbortSignal;
}

/** A process that is done at an instant is done a moment later at the latest. */
const MOMENT_MS = 1_000;
/** A life with more stops than this goes in a circle. */
const MOST_STOPS = 5_000;

/** @throws AppError when a life cannot go on: TIME_SKIPPING_UNAVAILABLE, UNAVAILABLE; AbortError when it was interrupted */
export async function live(studio: Studio, world: World, options: LifeOptions): Promise<Lived> {
  const life = new Life(studio, world, options);
  await life.begin();
  await life.passDays();
  return life.lived;
}

class Life {
  private readonly studio: Studio;
  private readonly world: World;
  private readonly options: LifeOptions;
  private readonly plan = new Plan();
  private readonly desk: RepDesk;
  readonly lived: Lived;

  constructor(studio: Studio, world: World, options: LifeOptions) {
    const { persona, fromMs, days, seed } = options;
    const { defaultTimeZone } = world.store.rules.current().playbook;
    const { timeZone = null, country = null, attributes } = persona.request;
    const zone = zoneOfLead({ timeZone, country, attributes }, defaultTimeZone);
    const startMs = nextWeekTime(fromMs, persona.arrives, zone);
    const mailbox = createMailbox(world, persona.reads, { seed, zone });
    this.studio = studio;
    this.world = world;
    this.options = options;
    this.desk = createRepDesk(world, persona.rep);
    this.lived = { leadId: '', zone, startMs, endMs: endOfDay(startMs, days, zone), mailbox, remarks: [] };
  }

  /** The persona comes in, on a clock that is ahead from its first moment, and its process takes it up. */
  async begin(): Promise<void> {
    const { persona, seed } = this.options;
    const { zone, startMs } = this.lived;
    const aheadMs = startMs - Date.now();
    const store = { ...this.world.store, realNow: () => Date.now() + aheadMs };
    // The key is read before the transaction, as the API does.
    await store.hashAddress('');
    const { leadId, ringIds } = await submitLead(store, persona.request, {
      alongside: async (tx, submitted) => {
        this.studio.serve(submitted.leadId, { ...this.world.deps, nameInDraws: () => `${persona.persona} ${seed}` });
        await tx.$executeRaw`UPDATE leads SET clock_offset_ms = ${BigInt(aheadMs)} WHERE id = ${submitted.leadId}`;
        if (await this.isForAnotherCadence(tx, submitted.ringIds))
          await tx.$executeRaw`UPDATE leads SET paused_at = now() WHERE id = ${submitted.leadId}`;
      },
    });
    this.lived.leadId = leadId;
    this.world.ring(ringIds);
    await this.settle();
    if ((await this.lead()).pausedAt !== null) await this.enrollByHand();
    for (const { day, time, act } of persona.does) this.plan.add({ atMs: dayTime(startMs, day, time, zone), act });
  }

  /** Whether the process would put the persona into another cadence than the one that is simulated. */
  private async isForAnotherCadence(tx: Pick<World['db'], '$queryRaw'>, ringIds: readonly string[]): Promise<boolean> {
    const { cadence } = this.options;
    if (cadence === null || this.options.persona.request.enterAt !== undefined) return false;
    const rows = await tx.$queryRaw<{ foretold: string | null }[]>`
      SELECT refs->'foretold'->>'cadence' AS foretold FROM outbox WHERE id = ANY(${[...ringIds]}) AND reason = 'submitted'`;
    return rows[0]?.foretold !== cadence;
  }

  private async enrollByHand(): Promise<void> {
    const cadence = this.options.cadence ?? '';
    const lead = await this.lead();
    const why = await whyByHand(this.world, lead, cadence, this.now(lead));
    const enrolled = await this.command({ kind: 'enroll', cadence });
    if (enrolled !== null)
      throw new AppError('CONFLICT', `The persona cannot be enrolled in ‘${cadence}’: ${enrolled}`);
    this.lived.remarks.push(why);
    await this.command({ kind: 'resume' });
    await this.settle();
  }

  /** Sends a command as an operator would. Returns why it was refused, or null. */
  private async command(command: { kind: 'enroll'; cadence: string } | { kind: 'resume' }): Promise<string | null> {
    const actor = { kind: 'key', keyId: SIMULATION, manager: true, role: 'admin' } as const;
    const verdict = await this.world.commands.execute(this.lived.leadId, {
      ...command,
      commandId: `cmd-${randomUUID()}`,
      actor,
    });
    return verdict.ok ? null : verdict.message;
  }

  async passDays(): Promise<void> {
    const { endMs } = this.lived;
    for (let stops = 0; ; stops += 1) {
      this.options.signal.throwIfAborted();
      if (stops > MOST_STOPS)
        throw new AppError('INTERNAL', 'The simulation does not get on: it stops again and again.');
      const lead = await this.settle();
      const nowMs = this.now(lead);
      if (nowMs >= endMs) return;
      this.plan.add(...(await this.lived.mailbox.reactions()), ...(await this.desk.answers(lead.id)));
      const due = this.plan.take(nowMs);
      if (due !== undefined) {
        await perform({ world: this.world, lived: this.lived, plan: this.plan }, due);
        continue;
      }
      if (await sweep(this.world, lead)) continue;
      const nextMs = Math.min(this.plan.nextAtMs ?? endMs, wakesAt(lead) ?? endMs, endMs);
      await this.passTo((await entersAt(this.world, lead, { fromMs: nowMs, toMs: nextMs })) ?? nextMs, nowMs);
    }
  }

  /** Lets time pass. Where nothing is scheduled no process runs any more: then only the lead's clock goes on. */
  private async passTo(atMs: number, nowMs: number): Promise<void> {
    const byMs = Math.max(atMs - nowMs, MOMENT_MS);
    const { leadId } = this.lived;
    try {
      await this.world.fastForward(leadId, byMs);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'PROCESS_ENDED') throw error;
      await this.world.db
        .$executeRaw`UPDATE leads SET clock_offset_ms = clock_offset_ms + ${BigInt(byMs)} WHERE id = ${leadId}`;
    }
  }

  /** Waits until the process has done what there is to do now. */
  private async settle(): Promise<Lead> {
    await this.world.tracker.idle();
    await quiet(this.world, this.studio.client, this.lived.leadId, this.options.signal);
    return this.lead();
  }

  private lead(): Promise<Lead> {
    return this.world.db.lead.findUniqueOrThrow({ where: { id: this.lived.leadId } });
  }

  private now(lead: Lead): number {
    return leadNow(lead, Date.now());
  }
}

/** A moment after the process wakes by itself, so that all is done then. */
function wakesAt({ nextDueAt }: Lead): number | null {
  return nextDueAt === null ? null : nextDueAt.getTime() + MOMENT_MS;
}
