import type { Actor } from '../domain/commands.ts';
import { AppError } from '../domain/errors.ts';
import type { Role } from '../store/generated/enums.ts';
import type { Scope } from '../store/lists/scope.ts';

/** Who calls: the API key, its role, and for a rep's key the rep. */
export interface Caller {
  keyId: string;
  role: Role;
  /** Only and always there for role `rep`. */
  rep: CallingRep | null;
}

interface CallingRep {
  id: string;
  /** A manager sees and decides what belongs to the teams they are in; one who is in none stands above them all. */
  manager: boolean;
  teams: readonly string[];
}

export function actorOf(caller: Caller): Actor {
  if (caller.rep !== null) return { kind: 'rep', repId: caller.rep.id, manager: caller.rep.manager };
  return { kind: 'key', keyId: caller.keyId, manager: caller.role === 'operator' || caller.role === 'admin' };
}

/** @throws AppError FORBIDDEN for a site key: it reads nothing. */
export function scopeOf(caller: Caller): Scope {
  if (caller.role === 'site') throw new AppError('FORBIDDEN', 'A site key may send forms and events; it reads nothing');
  if (caller.rep === null) return { kind: 'all' };
  const { id, manager, teams } = caller.rep;
  if (manager && teams.length === 0) return { kind: 'all' };
  return { kind: 'rep', repId: id, teams: manager ? teams : [] };
}
