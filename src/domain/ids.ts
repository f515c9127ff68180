import { v7 as uuidv7, v5 as uuidv5 } from 'uuid';

/**
 * Ids are a kind, a dash and a UUIDv7 without dashes: `lead-0193f0c2…`. They sort by the time they were made, say what
 * they name, and a lead's id is its Temporal workflow id.
 */
export const ID_KINDS = {
  lead: 'lead',
  account: 'acc',
  need: 'need',
  campaign: 'cmp',
  campaignEntry: 'cmpe',
  touch: 'tch',
  consent: 'cns',
  event: 'evt',
  revision: 'rev',
  enrollment: 'enr',
  send: 'send',
  rep: 'rep',
  assignment: 'asg',
  activity: 'act',
  task: 'task',
  outbox: 'ring',
  audit: 'aud',
  apiKey: 'key',
  user: 'usr',
  command: 'cmd',
  run: 'run',
  broadcast: 'bcast',
  inboundMail: 'inm',
  targetPlan: 'plan',
  handOver: 'hover',
  subscription: 'rsub',
} as const;

export type IdKind = keyof typeof ID_KINDS;

export function newId(kind: IdKind): string {
  return `${ID_KINDS[kind]}-${uuidv7().replaceAll('-', '')}`;
}

/** The lowest id that was made at an instant or after it. */
export function idFrom(kind: IdKind, at: Date): string {
  return `${ID_KINDS[kind]}-${at.getTime().toString(16).padStart(12, '0')}7`;
}

const NAMESPACE = '6f0ba1c3-6b0e-4d6e-9a51-0d9f3a1a7c58';

/** When an id of `newId` was made, epoch milliseconds of real time: a UUIDv7 begins with it. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.slice(-32, -20), 16);
}

/** The same kind and name always give the same id: for what must come out equal when a step is repeated. */
export function idFor(kind: IdKind, name: string): string {
  return `${ID_KINDS[kind]}-${uuidv5(`${kind}:${name}`, NAMESPACE).replaceAll('-', '')}`;
}

export function isId(kind: IdKind, value: string): boolean {
  return new RegExp(`^${ID_KINDS[kind]}-[0-9a-f]{32}$`).test(value);
}
