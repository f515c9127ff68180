/** The client's own record of its requests and their answers. Each is written before the next request is made. */
import { appendFileSync } from 'node:fs';
import type { Managing } from './plan-managers.ts';
import type { Act, Reading } from './plan.ts';

export interface Answered {
  at: number;
  email: string;
  /** `look`: a HEAD request for the pixel or a link. */
  act: Act['kind'] | Managing['kind'] | 'broadcast' | 'accept' | 'reject' | 'outcome' | 'open' | 'click' | 'look';
  /** Idempotency-Key, event id, or the path of a pixel or link. */
  key: string;
  /** The final HTTP status; 0: never answered. */
  status: number;
  /** From the answer: the lead's id, the status of the event, the code of a problem, or the target of a redirect. */
  leadId?: string | undefined;
  result?: string | undefined;
  assignmentId?: string | undefined;
  /** For an open, click or look: the mail in the mail server's record, and the reader. */
  sendId?: string | undefined;
  reader?: Reading['reader'] | undefined;
  attempts: number;
  /** For an absence and its end: when it was asked for first. */
  askedAt?: number;
  /** For a hand-over: the leads that were chosen. */
  leadIds?: readonly string[];
}

export interface Record {
  readonly answers: readonly Answered[];
  add(answer: Omit<Answered, 'at'>): void;
}

export function createRecord(file: string): Record {
  const answers: Answered[] = [];
  return {
    answers,
    add(answer) {
      const whole = { at: Date.now(), ...answer };
      appendFileSync(file, `${JSON.stringify(whole)}\n`);
      answers.push(whole);
    },
  };
}
