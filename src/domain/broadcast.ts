/** One message to many leads, once. Plain types: the process of a broadcast keeps its progress in its history. */
import type { Condition } from './condition.ts';

/**
 * planned: it can be changed by making another one. previewed: somebody has seen whom it reaches. paused: by a person, or by itself because
 * of an error that the broadcast names.
 */
export const BROADCAST_STATUSES = ['planned', 'previewed', 'running', 'paused', 'canceled', 'done'] as const;
export type BroadcastStatus = (typeof BROADCAST_STATUSES)[number];

export function isBroadcastOver(status: BroadcastStatus): boolean {
  return status === 'done' || status === 'canceled';
}

/** When a broadcast goes out. */
export type BroadcastSchedule =
  /** As soon as it is started. */
  | { kind: 'now' }
  /** ISO 8601, UTC. */
  | { kind: 'at'; at: string }
  /** At that date and time of each lead's own zone: "2026-12-01T09:00". */
  | { kind: 'local'; at: string };

/** One way to word the message. */
export interface BroadcastVariant {
  key: string;
  template: string;
  /** Of the published template, as it was when the broadcast was made. */
  hash: string;
  /** In place of the template's own; with Liquid. */
  subject?: string;
}

/** Whom a broadcast is for, as the rules said when it was started. */
export interface Audience {
  when: Condition;
  /** The segments that the condition names, directly or by others. */
  segments: readonly { segment: string; when: Condition }[];
}

/** How far a broadcast is. */
export interface BroadcastProgress {
  status: BroadcastStatus;
  /** Leads that it is for; null: they are not all gathered. */
  total: number | null;
  /** Leads that it has still to come to. */
  left: number;
  /** Epoch milliseconds; until then there is nothing to do. Null: there is something now. */
  nextAtMs: number | null;
  /** All sending is paused, or a person has to decide: nothing is done until somebody rings. */
  waitsForBell: boolean;
}

/** Messages in a minute that somebody may ask for, at most. */
export const HIGHEST_BROADCAST_RATE = 600_000;

/** A message that cannot go out yet (a cap, quiet hours) is put off for so long after its time, then not sent. Milliseconds. */
export const PUT_OFF_AT_MOST = 3 * 86_400_000;

/** The key of the send, which makes it the only one. */
export function broadcastSendKey(broadcastId: string, leadId: string): string {
  return `broadcast:${broadcastId}:${leadId}`;
}

/** Whom a broadcast would reach now. */
export interface BroadcastPreview {
  /** Leads that it is for. */
  count: number;
  /** So many of them were looked at, the first by their ids; the numbers below are of these. */
  looked: number;
  /** Would get it now. */
  gets: number;
  /** Would get it later, by the reason: quiet hours, a cap. */
  later: Readonly<Record<string, number>>;
  /** Would not get it, by the reason. */
  leftOut: Readonly<Record<string, number>>;
  /** ISO 8601. */
  at: string;
}
