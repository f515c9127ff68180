/** The agents and networks of scanners: data with its date, shipped with the engine and refreshed by `nurture tracking refresh-lists`. */
import ipaddr from 'ipaddr.js';
import shipped from './scanner-lists.json' with { type: 'json' };

export interface AgentLists {
  /** Parts of the User-Agent of programs, in lower case. */
  programs: readonly string[];
  /** Scanners that pass for a browser, by the whole of their User-Agent. Gmail's: https://github.com/mautic/mautic/pull/10245 */
  disguised: readonly string[];
  /**
   * Proxies of web mail. They fetch when a person opens a message, and at times ahead of it. Counting Gmail's as machines lost every open of
   * its users: https://github.com/mautic/mautic/issues/16069
   */
  webMailProxies: readonly string[];
  /** More programs, from a public list. */
  refreshed: readonly string[];
}

/** Where a list of networks comes from: a page of JSON in which they stand, or the SPF record of a provider. */
export type NetworkSource = { url: string } | { spf: string };

export interface NetworkList {
  name: string;
  /** `scanner`: a mail gateway's. `hosting`: of rented servers. */
  kind: 'scanner' | 'hosting';
  /** Absent: its owner publishes it for people alone. */
  from?: NetworkSource | undefined;
  /** In CIDR. */
  networks: readonly string[];
}

export interface ScannerLists {
  /** The day for which the lists are right. */
  asOf: string;
  agents: AgentLists;
  networks: readonly NetworkList[];
}

export const SHIPPED_LISTS: ScannerLists = shipped as ScannerLists;

export type NetworkHint = 'scanner-network' | 'hosting-network';

/** Answers of what kind of network an address is; null: of none that is known, or it is no address. A few look-ups, however long the lists. */
export function networkTable(lists: readonly NetworkList[]): (ip: string) => NetworkHint | null {
  const tables = (['scanner', 'hosting'] as const).map((kind) => ({
    hint: `${kind}-network` as const,
    has: prefixTable(lists.flatMap((list) => (list.kind === kind ? list.networks : []))),
  }));
  return (ip) => {
    if (!ipaddr.isValid(ip)) return null;
    const bytes = ipaddr.process(ip).toByteArray();
    return tables.find(({ has }) => has(bytes))?.hint ?? null;
  };
}

/** What is no network is passed over. */
function prefixTable(networks: readonly string[]): (bytes: readonly number[]) => boolean {
  const prefixes = new Set<string>();
  const lengths = new Set<number>();
  for (const network of networks) {
    if (!ipaddr.isValidCIDR(network)) continue;
    const [address, length] = ipaddr.parseCIDR(network);
    prefixes.add(prefixOf(address.toByteArray(), length));
    lengths.add(length);
  }
  return (bytes) => [...lengths].some((length) => length <= 8 * bytes.length && prefixes.has(prefixOf(bytes, length)));
}

function prefixOf(bytes: readonly number[], length: number): string {
  const kept = bytes.map((byte, n) => byte & (0xff << Math.max(0, Math.min(8, 8 * (n + 1) - length))) & 0xff);
  return `${bytes.length}/${length}/${kept.join('.')}`;
}
