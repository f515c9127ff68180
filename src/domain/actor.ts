/** The roles of API keys. The table in docs/policy.md says what each role may do. */
export const ROLES = ['site', 'rep', 'marketer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** The roles of users of the console. A rep needs no row of a user: they come with the playbook. */
export const USER_ROLES = ['marketer', 'manager', 'operator', 'admin'] as const;
export type UserRole = (typeof USER_ROLES)[number];

/**
 * The one who does something. It holds ids and team keys only, because a command carries its actor into the workflow's history.
 *
 * Commands of an older version have no `role` and `teams`, only `manager`. Workers of that version may run beside this one, so
 * `manager` is always sent.
 */
export type Actor =
  /** `link`: the person followed the link in a mail, which decides on this one assignment. */
  | { kind: 'rep'; repId: string; manager: boolean; teams?: readonly string[]; link?: string }
  /** A key that belongs to no rep. */
  | { kind: 'key'; keyId: string; manager: boolean; role?: Exclude<Role, 'rep'> }
  /** A user of the console who is signed in. `teams`: of a manager, those that they manage; none: all. */
  | { kind: 'user'; userId: string; manager: boolean; role: UserRole; teams: readonly string[] }
  /** The lead itself, through a link in a mail to it. */
  | { kind: 'lead'; leadId: string }
  /** The engine itself. */
  | { kind: 'system' };

/** As stored in audit rows and assignments. */
export function actorHandle(actor: Actor): string {
  switch (actor.kind) {
    case 'rep':
      return actor.repId;
    case 'key':
      return actor.keyId;
    case 'user':
      return actor.userId;
    case 'lead':
    case 'system':
      return actor.kind;
  }
}
