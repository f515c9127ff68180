/**
 * Whether a line of the supervisor reports that a process of the product ended by itself, with any exit code or signal except the
 * signal that chaos kills with. The supervisor writes no such line for a process that it stops. A process that cannot start while
 * its servers are down does not count.
 */
export function isDeath(said: string): boolean {
  return /^(api|worker)-\d ended \((?!signal SIGKILL\))/.test(said);
}
