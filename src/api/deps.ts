import type { Logger } from 'pino';
import type { LeadCommand, Verdict } from '../domain/commands.ts';
import type { Organisation } from '../email/pages.ts';
import type { Tokens } from '../email/tokens.ts';
import type { StoreContext } from '../store/context.ts';
import type { FindKey } from './auth.ts';

/** What the API works with. Everything that reaches outside comes in here. */
export interface ApiDeps {
  store: StoreContext;
  /** Hands outbox rows to the relay, after the commit that wrote them. Never waits, never fails. */
  ring(outboxIds: readonly string[]): void;
  commands: Commands;
  fastForward: FastForward;
  tokens: Tokens;
  findKey: FindKey;
  /** Each resolves when its part answers, and rejects when it does not. */
  checks: Readonly<Record<'database' | 'temporal', () => Promise<void>>>;
  log: Logger;
  settings: ApiSettings;
}

export interface ApiSettings {
  publicUrl: string;
  production: boolean;
  /** Shown on the pages that people reach from an email. */
  organisation: Organisation;
  version: string;
  /** Where the worker's own metrics are scraped from; none: left out. */
  workerMetricsUrl?: string | undefined;
  /** Checks every answer against its declared schema: for tests. */
  checkAnswers?: boolean;
}

export interface Commands {
  /** @throws AppError COMMAND_PENDING when there is no verdict in time; a repeat with the same command id gets it. */
  execute(leadId: string, command: LeadCommand, timeoutMs?: number): Promise<Verdict>;
}

/** @throws AppError PROCESS_ENDED, TIME_SKIPPING_UNAVAILABLE */
export type FastForward = (leadId: string, durationMs: number) => Promise<{ nowMs: number }>;
