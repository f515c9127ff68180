import type { Organization } from '../domain/brand.ts';
import type { LeadCommand, Verdict } from '../domain/commands.ts';
import type { StoreContext } from '../store/context.ts';

/** What the console needs of the process that it runs in. */
export interface ConsoleDeps {
  store: StoreContext;
  /** Hands outbox rows to the relay, after the commit that wrote them. Never waits, never fails. */
  ring(outboxIds: readonly string[]): void;
  commands: { execute(leadId: string, command: LeadCommand): Promise<Verdict> };
  /** Answers after a whole number of steps of time, so that the time does not tell who is known. */
  inStep<T>(work: () => Promise<T>): Promise<T>;
  /** Sends a sign-in link. Never throws: what went wrong is logged, and the answer is false. */
  sendSignIn(to: { address: string; name: string }, url: string): Promise<boolean>;
  /** Tells somebody that they may sign in. Never throws. */
  sendInvitation(to: { address: string; name: string }): Promise<void>;
  /** Gets the errors that are our fault. */
  failed(error: unknown): void;
  settings: { publicUrl: string; organization: Organization };
}
