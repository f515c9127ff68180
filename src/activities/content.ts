import { offerFits } from '../domain/offers.ts';
import { spanToMs } from '../domain/span.ts';
import type { TemplateSource } from '../domain/template.ts';
import { contentSince, hasMaterial } from '../store/process/content.ts';
import type { Turn } from './turn.ts';

/**
 * Why the lead should not get content of this kind now; null: it may. Nothing is read but for an offer, where their share is bounded, and
 * for a template that gives material which the lead may have.
 */
export async function reasonToPassOver(
  turn: Turn,
  { kind, material }: Pick<TemplateSource, 'kind' | 'material'>,
): Promise<string | null> {
  const { offers, campaigns } = turn.playbook;
  if (material !== undefined) {
    const giving = campaigns.filter((one) => one.materials?.includes(material)).map(({ campaign }) => campaign);
    if (await hasMaterial(turn.tx, turn.lead.id, material, giving)) return 'has-material';
  }
  if (kind !== 'offer' || offers === undefined) return null;
  const since = new Date(turn.atMs - spanToMs(offers.per));
  return offerFits(await contentSince(turn.tx, turn.lead.id, since), offers.atMost) ? null : 'too-many-offers';
}
