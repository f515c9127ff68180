/** The client's own record: what it asked for, and what it was told became of it. Written before the next thing is asked. */
import { appendFileSync } from 'node:fs';
import type { Act, Reading } from './plan.ts';

export interface Answered {
  at: number;
  email: string;
  /** look: HEAD of the pixel or of a link. */
  act: Act['kind'] | 'accept' | 'reject' | 'outcome' | 'open' | 'click' | 'look';
  /** Idempotency-Key, event id, or the path of a pixel or link. */
  key: string;
  /** The final HTTP status; 0: never answered. */
  status: number;
  /** Of the answer: the lead, what became of the event, a problem's code, where a click was redirected to. */
  leadId?: string | undefined;
  result?: string | undefined;
  assignmentId?: string | undefined;
  /** Of an open, a click, a look: the mail, as the mail server has it, and who it was. */
  sendId?: string | undefined;
  reader?: Reading['reader'] | undefined;
  attempts: number;
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
