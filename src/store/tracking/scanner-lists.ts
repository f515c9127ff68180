/** The lists of scanners that a process judges fetches by: those shipped, until an operator has refreshed them. */
import type { Logger } from 'pino';
import { z } from 'zod';
import {
  type AgentLists,
  type NetworkHint,
  networkTable,
  type ScannerLists,
  SHIPPED_LISTS,
} from '../../domain/scanner-lists.ts';
import type { Db } from '../db.ts';
import type { Prisma } from '../generated/client.ts';

export interface LiveLists {
  agents(): AgentLists;
  /** Null: of no network that is known. */
  networkOf(ip: string): NetworkHint | null;
  close(): void;
}

/** Refreshed lists are taken up within this time. */
const LOOK_EVERY_MS = 10 * 60_000;

const Texts = z.array(z.string().max(500)).max(50_000);
const Lists = z.object({
  asOf: z.string().max(40),
  agents: z.object({ programs: Texts, disguised: Texts, webMailProxies: Texts, refreshed: Texts }),
  networks: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['scanner', 'hosting']),
      from: z.union([z.object({ url: z.string() }), z.object({ spf: z.string() })]).optional(),
      networks: Texts,
    }),
  ),
});

export function createScannerLists({ db, log }: { db: Db; log: Logger }): LiveLists {
  let lists = SHIPPED_LISTS;
  let networkOf = networkTable(lists.networks);

  async function look(): Promise<void> {
    const newest = await readScannerLists(db);
    if (newest === null || newest.asOf === lists.asOf) return;
    lists = newest;
    networkOf = networkTable(newest.networks);
  }

  // Without them opens and clicks are judged by the lists that are there.
  const tryLook = (): void =>
    void look().catch((error: unknown) => log.warn({ err: error }, 'the lists of scanners could not be read'));
  const timer = setInterval(tryLook, LOOK_EVERY_MS).unref();
  tryLook();
  return { agents: () => lists.agents, networkOf: (ip) => networkOf(ip), close: () => clearInterval(timer) };
}

/** Null when they were never refreshed, or a newer version stored them in another shape. */
export async function readScannerLists(db: Db): Promise<ScannerLists | null> {
  const row = await db.scannerLists.findUnique({ where: { id: 1 } });
  const read = Lists.safeParse(row?.lists);
  return read.success ? read.data : null;
}

export async function writeScannerLists(db: Db, lists: ScannerLists, at: Date): Promise<void> {
  const row = { lists: lists as unknown as Prisma.InputJsonValue, refreshedAt: at };
  await db.scannerLists.upsert({ where: { id: 1 }, create: row, update: row });
}
