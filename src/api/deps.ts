import type { Logger } from 'pino';
import type { Organization } from '../domain/brand.ts';
import type { ConsoleDeps } from '../console/deps.ts';
import type { Tokens } from '../crypto/tokens.ts';
import type { StoreContext } from '../store/context.ts';
import type { Tracker } from '../store/tracking/tracker.ts';
import type { Commands } from '../temporal/commands.ts';
import type { FastForward } from '../temporal/fast-forward.ts';
import type { FindKey } from './auth.ts';
import type { RateLimits } from './rate-limits.ts';
import type { ProviderContext } from './inbound/providers/provider.ts';
import type { LeadHandles } from '../crypto/lead-handles.ts';

/** The dependencies of the API: everything that reaches the outside world. */
export interface ApiDeps {
  store: StoreContext;
  /** Hands outbox rows to the relay, after the commit that wrote them. Never waits, never fails. */
  ring(outboxIds: readonly string[]): void;
  commands: Commands;
  /** Starts the processes of bulk runs, after the commit that wrote them. Never waits, never fails. */
  bulkRuns: { tell(runId: string): void };
  /** The same for broadcasts. */
  broadcasts: { tell(broadcastId: string): void };
  /** Schedules of newsletters: one whose row was changed, and the next times of one (null: Temporal does not answer). Neither fails. */
  newsletters: { tell(newsletter: string): void; times(newsletter: string): Promise<Date[] | null> };
  fastForward: FastForward;
  tokens: Tokens;
  tracker: Tracker;
  handles: LeadHandles;
  findKey: FindKey;
  limits: RateLimits;
  /** Sends somebody the link to sign in to the console; false when it did not leave. Never throws. */
  sendSignIn(to: { address: string; name: string }, url: string): Promise<boolean>;
  /** Tells somebody that they may sign in to the console. Never throws. */
  sendInvitation(to: { address: string; name: string }): Promise<void>;
  /** By which people may sign in to the console; null where none is set up. */
  openId: ConsoleDeps['openId'];
  /** Each resolves when its part answers, and rejects when it does not. */
  checks: Readonly<Record<'database' | 'temporal' | 'mail', () => Promise<void>>>;
  /** Webhooks of mail providers. Absent: none is set up. */
  inbound?: Pick<ProviderContext, 'settings' | 'page'>;
  log: Logger;
  settings: ApiSettings;
}

interface ApiSettings {
  publicUrl: string;
  production: boolean;
  /** HOST lets other machines in. */
  isReachedByOthers?: boolean;
  /** The number of proxies in front of the API. A caller's address is the one that the first proxy saw. */
  trustProxy: number;
  /** Shown on the pages that people reach from an email. */
  organization: Organization;
  /** The name in MAIL_FROM, as mails show it. */
  senderName?: string | undefined;
  version: string;
  /** URL of the worker's own metrics. Without it they are left out. */
  workerMetricsUrl?: string | undefined;
  /** Checks every answer against its declared schema: for tests. */
  checkAnswers?: boolean;
}
