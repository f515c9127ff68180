import type { Actor, Role } from '../domain/actor.ts';
import { denialAtAll } from '../domain/policy.ts';

/** Who calls: the API key, its role, and for a rep's key the rep. */
export interface Caller {
  keyId: string;
  role: Role;
  /** Set for role `rep`, null for every other role. */
  rep: CallingRep | null;
  /** The websites from which a site key may be used. An empty list allows every website. */
  origins: readonly string[];
}

interface CallingRep {
  id: string;
  /** Manages the leads of the teams that the rep is in. A manager without a team manages all teams. */
  manager: boolean;
  teams: readonly string[];
}

/** Whether the caller's word is taken for what a public form may not state. */
export function mayVouch(caller: Caller): boolean {
  return denialAtAll(actorOf(caller), 'vouch') === null;
}

/** The caller as the policy knows them. */
export function actorOf({ keyId, role, rep }: Caller): Actor {
  if (rep !== null) return { kind: 'rep', repId: rep.id, manager: rep.manager, teams: rep.teams };
  // Admission refuses a rep's key without its rep; as a site key it could do nothing here.
  if (role === 'rep') return { kind: 'key', keyId, manager: false, role: 'site' };
  return { kind: 'key', keyId, manager: role === 'operator' || role === 'admin', role };
}
