/**
 * Whether the supervisor says of a process of the product that it ended by itself: with whatever exit code or signal, but for the
 * one signal that is shot with. Of a process that is told to end it says nothing, and one that cannot start while its servers are down
 * is another matter.
 */
export function isDeath(said: string): boolean {
  return /^(api|worker)-\d ended \((?!signal SIGKILL\))/.test(said);
}
