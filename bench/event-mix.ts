/** Events as a website sends them: mostly page views, some views of prices, a few forms. */
import type { SeededLead } from './seed-leads.ts';
import { createDraw } from './measure.ts';

export interface MixedEvent {
  id: string;
  leadId: string;
  type: string;
  properties: Record<string, string>;
}

/** 80% give very few points, like opens. Opens themselves are recorded by the engine, which refuses them from callers. */
export function createMix(leads: readonly SeededLead[], tag: string, seed = 4): () => MixedEvent {
  const draw = createDraw(seed);
  let count = 0;
  return (): MixedEvent => {
    count += 1;
    const leadId = leads[draw(leads.length)]?.leadId ?? '';
    const kind = draw(100);
    const id = `${tag}-${count}`;
    if (kind < 80) return { id, leadId, type: 'page.viewed', properties: { path: `/products/${draw(200)}` } };
    if (kind < 92) return { id, leadId, type: 'pricing.viewed', properties: { path: '/pricing' } };
    return { id, leadId, type: 'form.submitted', properties: { form: 'newsletter' } };
  };
}
