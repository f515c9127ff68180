import type { Organization } from '../domain/brand.ts';
import type { BroadcastVariant } from '../domain/broadcast.ts';
import type { LeadCommand, Verdict } from '../domain/commands.ts';
import type { AppError } from '../domain/errors.ts';
import type { StoreContext } from '../store/context.ts';

/** Signing in by a provider that vouches for a mail address (OpenID Connect). */
export interface OpenId {
  /** Its host, for people. */
  provider: string;
  /**
   * Where the browser is to go. `token`: of the browser's cookie, random.
   * @throws AppError UNAVAILABLE
   */
  begin(token: string): Promise<URL>;
  /**
   * The verified address of the person. `query`: what the browser came back with.
   * @throws AppError FORBIDDEN, UNAVAILABLE
   */
  finish(token: string, query: URLSearchParams): Promise<string>;
}

/** What the console needs of the process that it runs in. */
export interface ConsoleDeps {
  store: StoreContext;
  /** Hands outbox rows to the relay, after the commit that wrote them. Never waits, never fails. */
  ring(outboxIds: readonly string[]): void;
  /** Starts the processes of bulk runs, after the commit that wrote them. Never waits, never fails. */
  bulkRuns: { tell(runId: string): void };
  /** Tells the processes of broadcasts and the schedules of newsletters what their rows say. Never waits, never fails. */
  broadcasts: { tell(broadcastId: string): void };
  newsletters: { tell(newsletter: string): void; times(newsletter: string): Promise<Date[] | null> };
  commands: { execute(leadId: string, command: LeadCommand): Promise<Verdict> };
  /** Answers after a whole number of steps of time, so that the time does not tell who is known. */
  inStep<T>(work: () => Promise<T>): Promise<T>;
  /** Sends a sign-in link. Never throws: what went wrong is logged, and the answer is false. */
  sendSignIn(to: { address: string; name: string }, url: string): Promise<boolean>;
  /** Tells somebody that they may sign in. Never throws. */
  sendInvitation(to: { address: string; name: string }): Promise<void>;
  /** The mail of a variant of a broadcast, for a sample person. @throws AppError TEMPLATE_BROKEN */
  sampleMail(variant: BroadcastVariant): Promise<{ subject: string; preheader: string; html: string }>;
  /** Null where none is set up. */
  openId: OpenId | null;
  /** Any error as one of the family: an outage is UNAVAILABLE or TOO_BUSY, what nobody foresaw is INTERNAL. */
  toAppError(error: unknown): AppError;
  /** Gets the errors that are our fault. */
  failed(error: unknown): void;
  settings: { publicUrl: string; organization: Organization };
}
