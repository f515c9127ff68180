/** What an API key is for; the table in docs/policy.md says what each may do. */
export const ROLES = ['site', 'rep', 'marketer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/**
 * Who does something. Handles and keys of teams only: a command carries its actor into the workflow's history. A person with a
 * session (`user`) will be one more kind.
 *
 * `role` and `teams` are absent in a command that an older version gave; that one knew `manager` alone, and workers of it may
 * still run beside ours, so `manager` is always sent.
 */
export type Actor =
  /** `link`: came by the link in a mail, which decides on this one assignment. */
  | { kind: 'rep'; repId: string; manager: boolean; teams?: readonly string[]; link?: string }
  /** A key that belongs to no rep. */
  | { kind: 'key'; keyId: string; manager: boolean; role?: Exclude<Role, 'rep'> }
  /** The lead itself, by the link in a mail to it. */
  | { kind: 'lead'; leadId: string }
  /** The engine. */
  | { kind: 'system' };

/** As stored in audit rows and assignments. */
export function actorHandle(actor: Actor): string {
  switch (actor.kind) {
    case 'rep':
      return actor.repId;
    case 'key':
      return actor.keyId;
    case 'lead':
    case 'system':
      return actor.kind;
  }
}
