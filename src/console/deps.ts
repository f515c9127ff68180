import type { Organization } from '../domain/brand.ts';
import type { LeadCommand, Verdict } from '../domain/commands.ts';
import type { StoreContext } from '../store/context.ts';

/** What the console needs of the process that it runs in. */
export interface ConsoleDeps {
  store: StoreContext;
  commands: { execute(leadId: string, command: LeadCommand): Promise<Verdict> };
  /** Answers after a whole number of steps of time, so that the time does not tell who is known. */
  inStep<T>(work: () => Promise<T>): Promise<T>;
  /** Sends a sign-in link. Never throws: what went wrong is logged. */
  sendSignIn(to: { address: string; name: string }, url: string): Promise<void>;
  /** Gets the errors that are our fault. */
  failed(error: unknown): void;
  settings: { publicUrl: string; organization: Organization };
}
