import type { RowField } from './field.ts';

/** Fields of the touch that began the need. */
export const TOUCH_FIELDS = [
  {
    name: 'source',
    type: 'text',
    part: 'touch',
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
    part: 'touch',
    read: ({ touch }) => touch?.medium ?? null,
    sql: 't.medium',
    doc: 'of the same touch',
    example: 'medium: cpc',
  },
  {
    name: 'campaign',
    type: 'text',
    part: 'touch',
    read: ({ touch }) => touch?.campaign ?? null,
    sql: 't.campaign',
    doc: 'of the same touch',
    example: 'campaign: { startsWith: spring- }',
  },
  {
    name: 'content',
    type: 'text',
    part: 'touch',
    read: ({ touch }) => touch?.content ?? null,
    sql: 't.content',
    doc: 'of the same touch',
    example: 'content: banner-b',
  },
  {
    name: 'landingPage',
    type: 'text',
    part: 'touch',
    read: ({ touch }) => touch?.landingPage ?? null,
    sql: 't.landing_page',
    doc: 'of the same touch',
    example: 'landingPage: { contains: /greenhouse }',
  },
] as const satisfies readonly RowField[];
