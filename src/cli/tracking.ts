/** `tracking refresh-lists`: the agents and networks by which scanners are told from people, as their owners publish them today. */
import { resolveTxt } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import { type NetworkList, type NetworkSource, type ScannerLists, SHIPPED_LISTS } from '../domain/scanner-lists.ts';
import type { Config } from '../runtime/config.ts';
import { readScannerLists, writeScannerLists } from '../store/tracking/scanner-lists.ts';
import type { Answer } from './command.ts';
import { withDatabase } from './reach.ts';

/** How lists are read; a test gives its own. */
export interface ListReaders {
  /** The text at an https address. */
  page(url: string): Promise<string>;
  /** TXT records, each as one text. */
  txt(name: string): Promise<string[]>;
}

/** Names of crawlers, kept up to date by many. */
const AGENTS_URL = 'https://raw.githubusercontent.com/monperrus/crawler-user-agents/master/crawler-user-agents.json';
const TIMEOUT_MS = 20_000;
const MOST_BYTES = 20 * 1024 * 1024;
/** RFC 7208, 4.6.4. */
const MOST_INCLUDES = 10;
const MOST_NETWORKS = 30_000;

const READERS: ListReaders = {
  page: readPage,
  txt: async (name) => (await resolveTxt(name)).map((parts) => parts.join('')),
};

/** What became of one list. */
export interface Refreshed {
  list: string;
  entries: number;
  /** Why the list stays as it was. */
  kept?: string;
}

/** A list that cannot be read stays as it was. Exit code 1 when none could be read. */
export async function refreshLists(config: Config, readers: ListReaders = READERS, now = new Date()): Promise<Answer> {
  return withDatabase(config, async (db) => {
    const before = (await readScannerLists(db)) ?? SHIPPED_LISTS;
    const { lists, refreshed } = await refresh(before, readers, now);
    const isAny = refreshed.some(({ kept }) => kept === undefined);
    if (isAny) await writeScannerLists(db, lists, now);
    return {
      data: { asOf: isAny ? lists.asOf : before.asOf, lists: refreshed },
      text: refreshed.map(inWords).join('\n'),
      exitCode: isAny ? 0 : 1,
    };
  });
}

/** Pure but for its readers. What is shipped in a newer version is taken over, with its networks where its owner publishes none. */
export async function refresh(
  before: ScannerLists,
  readers: ListReaders,
  now: Date,
): Promise<{ lists: ScannerLists; refreshed: Refreshed[] }> {
  const refreshed: Refreshed[] = [];
  const agents = await attempt(refreshed, 'agents', before.agents.refreshed, async () =>
    agentsIn(await readers.page(AGENTS_URL)),
  );
  const networks: NetworkList[] = [];
  for (const list of SHIPPED_LISTS.networks) {
    const { name, from } = list;
    const known = before.networks.find((one) => one.name === name)?.networks ?? list.networks;
    if (from === undefined) networks.push(list);
    else networks.push({ ...list, networks: await attempt(refreshed, name, known, () => networksFrom(from, readers)) });
  }
  const lists = { asOf: now.toISOString(), agents: { ...SHIPPED_LISTS.agents, refreshed: agents }, networks };
  return { lists, refreshed };
}

async function attempt(
  refreshed: Refreshed[],
  list: string,
  known: readonly string[],
  read: () => Promise<string[]>,
): Promise<readonly string[]> {
  try {
    const found = await read();
    if (found.length === 0) throw new Error('there is nothing in it that can be used');
    refreshed.push({ list, entries: found.length });
    return found;
  } catch (error) {
    refreshed.push({ list, entries: known.length, kept: error instanceof Error ? error.message : String(error) });
    return known;
  }
}

/** Patterns that are plain text but for escaped characters. Others are left out: a pattern of a stranger may take for ever. */
export function agentsIn(text: string): string[] {
  const rows: unknown = JSON.parse(text);
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row: unknown) => {
    const pattern = typeof row === 'object' && row !== null && 'pattern' in row ? row.pattern : null;
    if (typeof pattern !== 'string') return [];
    const plain = pattern.replaceAll(/\\([/.()+ -])/g, '$1');
    // A short name is a part of too many agents of people.
    return /^[\w/.+() -]{6,60}$/.test(plain) && !/[()+]/.test(pattern.replaceAll(/\\./g, ''))
      ? [plain.toLowerCase()]
      : [];
  });
}

function networksFrom(from: NetworkSource, readers: ListReaders): Promise<string[]> {
  return 'url' in from ? readers.page(from.url).then(networksIn) : networksOfSpf(from.spf, readers);
}

/** Every value in a document of JSON that is a network, whatever it is called there. */
function networksIn(text: string): string[] {
  const found: string[] = [];
  JSON.parse(text, (_key, value: unknown) => {
    if (typeof value === 'string' && value.includes('/') && ipaddr.isValidCIDR(value)) found.push(value);
    return value;
  });
  return [...new Set(found)].slice(0, MOST_NETWORKS);
}

async function networksOfSpf(domain: string, { txt }: ListReaders): Promise<string[]> {
  const found: string[] = [];
  const open = [domain];
  for (let n = 0; open.length > 0 && n < MOST_INCLUDES; n += 1) {
    const record = (await txt(open.shift() ?? '')).find((one) => /^v=spf1\b/i.test(one)) ?? '';
    for (const term of record.split(/\s+/)) {
      const [, kind, value = ''] = /^\+?(ip4:|ip6:|include:|redirect=)(.+)$/i.exec(term) ?? [];
      if (kind === undefined) continue;
      if (/^ip/i.test(kind)) found.push(value.includes('/') ? value : `${value}/${kind.startsWith('ip4') ? 32 : 128}`);
      else open.push(value);
    }
  }
  return found.filter((network) => ipaddr.isValidCIDR(network)).slice(0, MOST_NETWORKS);
}

async function readPage(url: string): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  const text = await answer.text();
  if (text.length > MOST_BYTES) throw new Error(`${url} is too long`);
  return text;
}

function inWords({ list, entries, kept }: Refreshed): string {
  return kept === undefined ? `${list}: ${entries}` : `${list}: kept as it was (${entries}): ${kept}`;
}
