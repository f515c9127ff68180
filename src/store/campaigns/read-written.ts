/** What was written of campaigns through the API, as it holds now. */
import type { Campaign } from '../../domain/campaign.ts';
import type { CampaignEntry, EntryKind, WrittenCampaigns } from '../../domain/written-campaigns.ts';
import type { Db, Tx } from '../db.ts';
import { parseCampaign } from '../stored/campaign.ts';
import { parsePlaybook } from '../stored/playbook.ts';

interface Row {
  version: number;
  id: string | null;
  key: string;
  kind: EntryKind | 'definition';
  data: unknown;
  by: string;
  at: Date;
}

/** Who wrote the definition of a campaign, and when. */
export interface Written {
  by: string;
  at: Date;
}

/** `authors`: of the definitions, by their keys. */
export type ReadCampaigns = WrittenCampaigns & { authors: ReadonlyMap<string, Written> };

/** In one statement, so that what it answers belongs together. */
export async function readWritten(db: Db | Tx): Promise<ReadCampaigns> {
  const rows = await db.$queryRaw<Row[]>`
    WITH known AS (SELECT coalesce(max(number), 0) AS version FROM campaign_writes),
    holding AS (
      SELECT number, id, key, kind, data, by, at, over_at,
        min(number) FILTER (WHERE kind = 'definition') OVER (PARTITION BY lower(key)) AS first
      FROM campaign_writes)
    SELECT known.version, w.id, w.key, w.kind, w.data, w.by, w.at
    FROM known LEFT JOIN holding w ON w.over_at IS NULL AND w.kind IN ('definition', 'cost', 'attendance', 'feedback')
    ORDER BY w.first, w.number`;
  const definitions: Campaign[] = [];
  const entries: CampaignEntry[] = [];
  const authors = new Map<string, Written>();
  for (const { id, key, kind, data, by, at } of rows) {
    if (id === null) continue;
    if (kind === 'definition') {
      const campaign = parseCampaign(data);
      definitions.push(campaign);
      authors.set(campaign.campaign, { by, at });
    } else entries.push({ id, campaign: key, kind, content: data } as CampaignEntry);
  }
  return { version: rows[0]?.version ?? 0, definitions, entries, authors };
}

/** 0: nothing was ever written. */
export async function versionOfWritten(db: Db | Tx): Promise<number> {
  const [row] = await db.$queryRaw<
    { version: number }[]
  >`SELECT coalesce(max(number), 0) AS version FROM campaign_writes`;
  return row?.version ?? 0;
}

/**
 * The campaigns of the file of a playbook revision, by default the newest; none where nothing was published.
 * @throws AppError STORED_BY_NEWER, PLAYBOOK_INVALID
 */
export async function readFiled(db: Db | Tx, revision: number | null = null): Promise<readonly Campaign[]> {
  const [row] = await db.$queryRaw<{ rules: unknown }[]>`
    SELECT rules FROM playbook_revisions WHERE number = coalesce(${revision}::int, (SELECT max(number) FROM playbook_revisions))`;
  return row === undefined ? [] : parsePlaybook(row.rules).campaigns;
}
