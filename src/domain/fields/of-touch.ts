import { ofTouch } from './column.ts';
import type { RowField } from './field.ts';

/** Fields of the touch that began the need. */
export const TOUCH_FIELDS = [
  {
    name: 'source',
    type: 'text',
    ...ofTouch('source'),
    read: ({ touch, lead }) => (touch === undefined ? null : (touch?.source ?? lead.source)),
    sql: 'coalesce(t.source, l.source)',
    // Lists filter by the source of the first touch.
    filter: 'l.source',
    doc: 'source of the touch that began the need',
    example: 'source: ebook',
  },
  {
    name: 'medium',
    type: 'text',
    ...ofTouch('medium'),
    doc: 'of the same touch',
    example: 'medium: cpc',
  },
  {
    name: 'campaign',
    type: 'text',
    ...ofTouch('campaign'),
    doc: 'of the same touch',
    example: 'campaign: { startsWith: spring- }',
  },
  {
    name: 'content',
    type: 'text',
    ...ofTouch('content'),
    doc: 'of the same touch',
    example: 'content: banner-b',
  },
  {
    name: 'landingPage',
    type: 'text',
    ...ofTouch('landingPage'),
    doc: 'of the same touch',
    example: 'landingPage: { contains: /greenhouse }',
  },
] as const satisfies readonly RowField[];
