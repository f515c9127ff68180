/** Campaigns that another tool writes. Those of campaigns.yaml are the file's alone. */
import { type Campaign, isNamed, keyOfRule, plainly } from '../../domain/campaign.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { AppError } from '../../domain/errors.ts';
import { newId } from '../../domain/ids.ts';
import { campaignsInForce } from '../../domain/written-campaigns.ts';
import type { Db, Tx } from '../db.ts';
import { storedCampaign } from '../stored/campaign.ts';
import { changeCampaigns, type CampaignsNow, type Writer } from './change-campaigns.ts';
import { readWritten, type Written } from './read-written.ts';
import { endDefinition, writeRow } from './write-row.ts';

/** Each touch is compared with all of them. */
const MOST_WRITTEN = 1_000;

/**
 * Writes a campaign, or the same anew. The same content again writes nothing.
 * @returns It as it is in force, with what was added to it, and who wrote it
 * @throws AppError CONFLICT for one of campaigns.yaml, or one too many; VALIDATION_FAILED for a rule that another has, or money of another
 *   currency than its costs
 */
export async function putCampaign(
  db: Db,
  campaign: Campaign,
  writer: Writer,
): Promise<{ inForce: Campaign; written: Written }> {
  return changeCampaigns(db, async (tx, now) => {
    const { filed, written, inForce } = now;
    refuseFiled(now, campaign.campaign, 'change it there and publish');
    refuseSameRule(
      campaign,
      inForce.filter((one) => !isNamed(one, campaign.campaign)),
    );
    refuseCurrency(now, campaign);
    const known = written.definitions.find((one) => isNamed(one, campaign.campaign));
    if (known === undefined && written.definitions.length >= MOST_WRITTEN)
      throw new AppError(
        'CONFLICT',
        `There are ${MOST_WRITTEN} campaigns of the API already: end some, or list them in campaigns.yaml.`,
      );
    if (known === undefined || canonicalJson(known) !== canonicalJson(campaign)) {
      const key = campaign.campaign;
      await endDefinition(tx, key, writer.at);
      await writeRow(tx, { id: newId('campaign'), key, kind: 'definition', data: storedCampaign(campaign) }, writer, {
        action: 'campaign.written',
        data: { campaign: key },
      });
    }
    return inForceNow(tx, filed, campaign.campaign);
  });
}

async function inForceNow(
  tx: Tx,
  filed: readonly Campaign[],
  key: string,
): Promise<{ inForce: Campaign; written: Written }> {
  const now = await readWritten(tx);
  const inForce = campaignsInForce(filed, now).find((one) => isNamed(one, key));
  const written = inForce && now.authors.get(inForce.campaign);
  if (inForce === undefined || written === undefined) throw new Error('The campaign was not written');
  return { inForce, written };
}

/**
 * Ends a campaign of the API: as one that is taken out of the file, it keeps its touches, and has no dates and costs any more.
 * @throws AppError CONFLICT for one of campaigns.yaml, NOT_FOUND
 */
export async function endCampaign(db: Db, key: string, writer: Writer): Promise<void> {
  await changeCampaigns(db, async (tx, now) => {
    refuseFiled(now, key, 'take it out there and publish');
    const known = now.written.definitions.find((one) => isNamed(one, key));
    if (known === undefined) throw unknownCampaign(key);
    await endWritten(tx, known.campaign, writer);
  });
}

async function endWritten(tx: Tx, key: string, writer: Writer, revision?: number): Promise<void> {
  await endDefinition(tx, key, writer.at);
  await writeRow(tx, { id: newId('campaign'), key, kind: 'end', data: {} }, writer, {
    action: 'campaign.ended',
    data: { campaign: key, ...(revision === undefined ? {} : { revision }) },
  });
}

/** Those of the API that a file to be published defines, with their authors. */
export function takenOver(
  filed: readonly Campaign[],
  { definitions }: Pick<CampaignsNow['written'], 'definitions'>,
): string[] {
  const keys = new Set(filed.map(({ campaign }) => plainly(campaign)));
  return definitions.flatMap(({ campaign }) => (keys.has(plainly(campaign)) ? campaign : []));
}

/** The file of a new revision takes campaigns over from the API; what was added to them stays. */
export async function takeOver(tx: Tx, keys: readonly string[], revision: number, writer: Writer): Promise<void> {
  for (const key of keys) await endWritten(tx, key, writer, revision);
}

export function unknownCampaign(key: string): AppError {
  return new AppError(
    'NOT_FOUND',
    `There is no campaign ‘${key}’: list it in campaigns.yaml, or write it by PUT /v1/campaigns/${encodeURIComponent(key)}`,
  );
}

function refuseFiled({ filed }: CampaignsNow, key: string, instead: string): void {
  const found = filed.find((one) => isNamed(one, key));
  if (found === undefined) return;
  throw new AppError(
    'CONFLICT',
    `campaigns.yaml of the playbook defines ‘${found.campaign}’: ${instead}. Costs, attendance and feedback can be added here.`,
  );
}

function refuseSameRule({ utm = [] }: Campaign, others: readonly Campaign[]): void {
  const taken = new Map(
    others.flatMap(({ campaign, utm: rules = [] }) => rules.map((rule) => [keyOfRule(rule), campaign])),
  );
  for (const [at, rule] of utm.entries()) {
    const other = taken.get(keyOfRule(rule));
    if (other !== undefined) throw refused(`utm.${at}`, `is a rule of ‘${other}’ already, which takes these touches`);
  }
}

function refuseCurrency({ written }: CampaignsNow, { campaign, currency }: Campaign): void {
  const cost = written.entries.find(
    (entry) => entry.kind === 'cost' && isNamed(entry, campaign) && entry.content.currency !== currency,
  );
  if (currency === undefined || cost?.kind !== 'cost') return;
  const { currency: known } = cost.content;
  throw refused(
    'budget',
    `must be in ${known}, as the costs that were added: the money of a campaign is in one currency`,
  );
}

export function refused(path: string, message: string): AppError {
  return new AppError('VALIDATION_FAILED', `The body is not valid: ${path} ${message}`, {
    fields: [{ path, message }],
  });
}
