/** The pages in the head of every page, in their order. A page of its own is a line here and one in router.ts. */
import type { Actor } from '../domain/actor.ts';
import { AppError } from '../domain/errors.ts';
import type { Scope } from '../domain/policy.ts';
import { actorAtAll, boardOf, type Person, type Visitor } from './session.ts';

interface Entry {
  path: string;
  title: string;
  isFor(visitor: Person): boolean;
}

const ENTRIES: readonly Entry[] = [
  { path: '/console', title: 'My desk', isFor: ({ repId }) => repId !== null },
  { path: '/console/board', title: 'Board', isFor: (visitor) => boardOf(visitor) !== null },
  { path: '/console/attention', title: 'Attention', isFor: (visitor) => boardOf(visitor) !== null },
  { path: '/console/leads', title: 'Leads', isFor: (visitor) => actorAtAll(visitor, 'see-lead') !== null },
  { path: '/console/cadences', title: 'Cadences', isFor: (visitor) => actorAtAll(visitor, 'see-reports') !== null },
  {
    path: '/console/broadcasts',
    title: 'Broadcasts',
    isFor: (visitor) => actorAtAll(visitor, 'see-publishing') !== null,
  },
  { path: '/console/reports', title: 'Reports', isFor: (visitor) => actorAtAll(visitor, 'see-reports') !== null },
  { path: '/console/users', title: 'Users', isFor: (visitor) => actorAtAll(visitor, 'manage-users') !== null },
];

export interface Link {
  path: string;
  title: string;
}

export function navigationOf(visitor: Person): Link[] {
  return ENTRIES.filter(({ isFor }) => isFor(visitor)).map(({ path, title }) => ({ path, title }));
}

/** Where somebody begins: a manager at the board, also one who is a rep; anybody else at the first page that is for them. */
export function homeOf(visitor: Person): string {
  if (visitor.actors.some(isManager) && boardOf(visitor) !== null) return '/console/board';
  return navigationOf(visitor)[0]?.path ?? '/console';
}

/** The leads on the visitor's board. @throws AppError FORBIDDEN for who manages nobody */
export function requireBoard(visitor: Visitor): Scope {
  const scope = boardOf(visitor);
  if (scope !== null) return scope;
  throw new AppError('FORBIDDEN', `The board is for managers; your page is ${homeOf(visitor)}`);
}

/** Who is signed in, for the head of a page. */
export function headOf(visitor: Visitor) {
  return { name: visitor.name, csrf: visitor.csrf, links: navigationOf(visitor) };
}

/** Where a session begins; one that is over already leads to the sign-in by itself. */
export function homeFor(person: Person | null): string {
  return person === null ? '/console' : homeOf(person);
}

function isManager(actor: Actor): boolean {
  return (actor.kind === 'rep' || actor.kind === 'user') && actor.manager;
}
