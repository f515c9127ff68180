import { actorHandle, type Actor } from '../domain/actor.ts';
import type { AuditEntry } from '../domain/audit.ts';
import { type MailWord, mayAnswer, mayReach, type MayReach } from '../domain/consent.ts';
import { longestPeriodMs, type RecentMessage } from '../domain/caps.ts';
import { hookNewsOf } from '../domain/hand-off-hook.ts';
import { oweHooks } from '../store/sales/hand-off-hooks.ts';
import type { Condition, LeadFacts } from '../domain/condition.ts';
import type { PauseFacts } from '../domain/pause-on.ts';
import type { Cap, Playbook } from '../domain/playbook.ts';
import { capOfFrequency } from '../domain/preferences.ts';
import { zoneOfLead } from '../domain/lead-zone.ts';
import { formatForPeople } from '../domain/schedule.ts';
import type { Stage } from '../domain/stage.ts';
import { dueAtOf, type Next } from '../domain/standing.ts';
import { type AuditRow, auditAll } from '../store/audit.ts';
import type { Tx } from '../store/db.ts';
import { loadFacts } from '../store/facts/facts.ts';
import { readOwner } from '../store/facts/load-contexts.ts';
import type { TouchRead } from '../store/campaign-of-touch.ts';
import type { Lead, Need, StageChange } from '../store/generated/client.ts';
import type { Picture } from '../store/process/picture.ts';
import { cadenceScope, SENDING } from '../domain/pauses.ts';
import { insertRows, updateRow } from '../store/rows.ts';
import type { PublishedRules } from '../store/rules/in-force.ts';
import { CHANNELS, type ChannelName } from '../effects/channels.ts';
import type { Claimed } from '../effects/claim.ts';
import { type MessageFacts, readMessageFacts } from '../store/consent/mail-word.ts';
import type { ActivityDeps } from './deps.ts';

/** Of a need that waits for no rep. */
export const NOT_WAITING = {
  waitingTeam: null,
  waitingSince: null,
  tryAgainAt: null,
  waitingFor: null,
  waitingWhy: null,
  waitingSkills: [],
  waitingLanguage: null,
  overflowAt: null,
} satisfies Partial<Need>;

/**
 * One transaction under the lead's lock, with what was read and what will be written. Changes of the lead and need rows and audit
 * entries are collected and written once at the end, together with where the lead stands then.
 */
export class Turn {
  readonly tx: Tx;
  readonly deps: ActivityDeps;
  readonly atMs: number;
  readonly at: Date;
  readonly picture: Picture;
  /** The rules of this turn, the same from its beginning to its end. */
  readonly rules: PublishedRules;
  /** An effect claimed in this transaction, to be carried out after it. */
  claimed: Claimed<Turn> | null = null;
  /** The mail that is claimed tries a receiver that refused us before. */
  triesReceiver = false;
  /** The rest needs a turn of its own, so that locks that others wait for are released first. */
  isUnfinished = false;
  private leadPatch: Partial<Lead> = {};
  private needPatch: Partial<Need> = {};
  private readonly entries: AuditRow[] = [];
  private readonly stageChanges: Partial<StageChange>[] = [];
  /** The actor of the command that is carried out. */
  actor: Actor = { kind: 'system' };
  private readonly sent: Promise<unknown>[] = [];
  /** The number of writes. A turn without writes leaves the lead as it was. */
  writes = 0;
  /** The error of the first statement that failed. Later statements only report that the transaction is over. */
  failure: unknown = null;
  private mailWord: MessageFacts | null = null;

  constructor(tx: Tx, deps: ActivityDeps, { atMs, picture, rules }: Pick<Turn, 'atMs' | 'picture' | 'rules'>) {
    this.tx = tx;
    this.deps = deps;
    this.atMs = atMs;
    this.at = new Date(atMs);
    this.picture = picture;
    this.rules = rules;
  }

  get playbook(): Playbook {
    return this.rules.playbook;
  }

  get lead(): Picture['lead'] {
    return this.picture.lead;
  }

  get stage(): Stage {
    return this.picture.lead.stage as Stage;
  }

  /** Paused or held: nothing is sent or offered until somebody resumes it. */
  get isStopped(): boolean {
    return this.lead.pausedAt !== null || this.lead.heldAt !== null;
  }

  /** Why nothing is sent to the lead, although it is not paused itself; null when it may be. `cadence`: of a drip. */
  onPause(cadence?: string): string | null {
    const { pauses } = this.picture;
    if (pauses.includes(SENDING)) return 'All sending to leads is paused';
    if (cadence !== undefined && pauses.includes(cadenceScope(cadence))) return `Cadence ‘${cadence}’ is paused`;
    return null;
  }

  /** IANA zone the lead's times are computed in. */
  get zone(): string {
    return zoneOfLead(this.lead, this.playbook.defaultTimeZone);
  }

  /** An instant in words, in the lead's zone. */
  words(atMs: number): string {
    return formatForPeople(atMs, this.zone, this.atMs);
  }

  /**
   * Whether the lead may get a message by this channel on this topic now, or at all without a topic. Its consents are read once in a
   * turn.
   */
  async mayReach(channel: ChannelName, topic?: string): Promise<MayReach> {
    return mayReach({ channel, address: CHANNELS[channel].addressOf(this.lead) }, await this.readWord(), topic);
  }

  /** Whether the lead may get the answer to its own request by mail. */
  async mayAnswer(): Promise<MayReach> {
    return mayAnswer({ channel: 'email', address: this.lead.email }, await this.readWord());
  }

  /** Whether the lead said no to mails on this topic. */
  async hasLeft(topic: string | undefined): Promise<boolean> {
    const may = await this.mayReach('email', topic);
    return !may.may && /^unsubscribed(?::|$)/.test(may.reason);
  }

  /** What the lead said on each topic, and what stands against its address. */
  mailFacts(): Promise<MailWord> {
    return this.readWord();
  }

  /** What may make a mail of a cadence wait; read with the lead's consents. */
  pauseFacts(): Promise<PauseFacts> {
    return this.readWord();
  }

  /** The caps of the playbook, and the one that the person chose. */
  get caps(): readonly Cap[] {
    const own = capOfFrequency(this.lead.mailFrequency);
    return own === null ? this.playbook.caps : [...this.playbook.caps, own];
  }

  /** Since when a consent of the lead waits to be confirmed (epoch milliseconds); null: none does. */
  async unconfirmedSinceMs(): Promise<number | null> {
    return (await this.readWord()).unconfirmedAtMs;
  }

  /** Messages that the lead got, or may have got, in the longest period of a cap. */
  async recentMessages(): Promise<readonly RecentMessage[]> {
    return (await this.readWord()).recent;
  }

  /** How long the lead's receiving domain takes no mail of ours, see `MessageFacts`. */
  async refusedForMs(): Promise<number | null> {
    return (await this.readWord()).refusedForMs;
  }

  private async readWord(): Promise<MessageFacts> {
    const periodMs = longestPeriodMs(this.caps);
    const since = periodMs === 0 ? null : new Date(this.atMs - periodMs);
    return (this.mailWord ??= await readMessageFacts(this.tx, this.lead, since));
  }

  /**
   * The facts that these conditions ask about; nothing else is read. `touch`: the touch for source, medium and campaign; by default
   * the one that began the need.
   */
  facts(
    conditions: Iterable<Condition | undefined>,
    touch: TouchRead | null = this.picture.needTouch,
  ): Promise<LeadFacts> {
    const { lead, need, enrollment, firstTouch } = this.picture;
    const known = {
      need,
      touch,
      firstTouch,
      enrollment,
      consent: async () => (await this.mayReach('email')).may,
      owner: () => readOwner(this.tx, lead.ownerId),
    };
    return loadFacts(this.tx, lead, conditions, this.playbook, this.atMs, known);
  }

  changeLead(patch: Partial<Lead>): void {
    this.writes += 1;
    Object.assign(this.picture.lead, patch);
    Object.assign(this.leadPatch, patch);
  }

  changeNeed(patch: Partial<Need>): void {
    if (this.picture.need === null) return;
    this.writes += 1;
    const { id, funnelStage } = this.picture.need;
    if (patch.funnelStage && patch.funnelStage !== funnelStage) this.cameTo(id, patch.funnelStage);
    Object.assign(this.picture.need, patch);
    Object.assign(this.needPatch, patch);
  }

  /** A need of the lead, also an earlier one, comes to another step of the funnel. */
  cameTo(needId: string, funnelStage: string): void {
    const row = { leadId: this.lead.id, needId, funnelStage, actor: actorHandle(this.actor), occurredAt: this.at };
    this.send(insertRows(this.tx, 'funnel_changes', [row]));
  }

  /** The one place where a stage changes: need, lead, timeline and `stage_changes` together. `from`: null for a lead's first need. */
  changeStage(to: Stage, because: string, from: Stage | null = this.stage): void {
    const { need, lead } = this.picture;
    if (need !== null && need.stage !== to) this.changeNeed({ stage: to });
    if (need !== null && need.waitingFor !== null && to !== 'qualified') this.changeNeed(NOT_WAITING);
    if (from === to) return;
    this.changeLead({ stage: to });
    this.stageChanges.push({
      leadId: lead.id,
      needId: need?.id ?? null,
      fromStage: from,
      toStage: to,
      because,
      ownerId: lead.ownerId,
      actor: actorHandle(this.actor),
      occurredAt: this.at,
    });
    if (from !== null) this.note({ action: 'stage.changed', data: { from, to, because } });
  }

  note(entry: AuditEntry, actor: Actor = { kind: 'system' }): void {
    this.writes += 1;
    this.entries.push({ ...entry, leadId: this.lead.id, actor: actorHandle(actor), at: this.at });
  }

  /**
   * Takes a statement whose result this turn does not need. It is sent to the database before all later statements, and awaited at the
   * end of the turn.
   */
  send(statement: Promise<unknown>): void {
    this.writes += 1;
    statement.catch((error: unknown) => {
      this.failure ??= error;
    });
    this.sent.push(statement);
  }

  /** Writes the pending changes of the need now, before another need becomes the current one. */
  writeNeed(): void {
    const { need } = this.picture;
    if (need !== null && Object.keys(this.needPatch).length > 0) {
      this.send(updateRow(this.tx, 'needs', need.id, this.needPatch));
    }
    this.needPatch = {};
  }

  /** When the process acts next by itself (epoch milliseconds); an offer is made at once. Null: it waits for a person. */
  dueAtMs(next: Next): number | null {
    return next.kind === 'offer' ? this.atMs : dueAtOf(next);
  }

  /** Other programs are told of hand-offs after the turn. No statement where no team has such a program. */
  private oweHooks(): void {
    if (!this.playbook.routing.teams.some(({ webhook }) => webhook !== undefined)) return;
    const news = this.entries.flatMap((entry) => hookNewsOf(entry as AuditEntry) ?? []);
    if (news.length > 0) this.send(oweHooks(this.tx, this.lead.id, this.at, news));
  }

  /** Writes the collected changes and what comes next, and waits for every statement that was sent. */
  async write(next: Next): Promise<void> {
    const dueAtMs = this.dueAtMs(next);
    this.changeLead({ nextDueAt: dueAtMs === null ? null : new Date(dueAtMs), nextSummary: next.summary });
    this.writeNeed();
    this.send(updateRow(this.tx, 'leads', this.lead.id, this.leadPatch));
    this.send(insertRows(this.tx, 'stage_changes', this.stageChanges));
    this.send(auditAll(this.tx, this.entries));
    this.oweHooks();
    await Promise.all(this.sent);
  }
}
