import { z } from 'zod';
import { actorHandle } from '../../domain/actor.ts';
import { AppError } from '../../domain/errors.ts';
import { storedAddress, SUPPRESSION_REASONS } from '../../domain/suppression.ts';
import { readSuppressionCsv, suppressionLines } from '../../store/consent/suppression-csv.ts';
import {
  addSuppressions,
  liftSuppression,
  listSuppressions,
  type Suppression,
  suppressionsOf,
} from '../../store/consent/suppressions.ts';
import { actorOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { answerPage, numberCursor, PAGE_QUERY, pageOf, readNumberCursor } from '../page.ts';
import { bytes, json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { id, Timestamp } from '../schemas/common.ts';

const Reason = z.enum(SUPPRESSION_REASONS);
const Entry = z
  .object({
    email: z.string(),
    reason: z.string(),
    source: z.string(),
    leadId: id('lead').nullable(),
    since: Timestamp,
  })
  .meta({ id: 'Suppression' });
const Address = z.string().max(320).meta({ example: 'ada@example.com' });
/** Refused lines that an answer names. */
const REFUSED_SHOWN = 100;
const EXPORTED_AT_ONCE = 5_000;

/** Characters; body.ts takes as many bytes. */
const LONGEST_FILE = 10_485_760;

export function suppressionRoutes({ store }: ApiDeps): Route[] {
  const tag = 'Operating';
  return [
    route({
      method: 'get',
      path: '/v1/suppressions',
      tag,
      access: 'see-suppressions',
      summary: 'List the addresses that must not be mailed, newest first',
      description: 'One entry a reason. Those of erased people are not listed: only a hash of their address is kept.',
      query: z.strictObject({ reason: Reason.optional(), ...PAGE_QUERY }),
      answers: {
        200: { description: 'A page of suppressions', schema: pageOf(Entry).meta({ id: 'SuppressionPage' }) },
      },
      async handle({ query: { reason, cursor, limit } }) {
        const after = readNumberCursor(cursor);
        return answerPage({
          limit,
          read: (count) => listSuppressions(store.db, { reason }, after, count),
          endOf: (last) => numberCursor(Number(last.id)),
          show: (rows) => rows.map((row) => view(row, row.email ?? '')),
        });
      },
    }),
    route({
      method: 'get',
      path: '/v1/suppressions/export',
      tag,
      access: 'see-suppressions',
      summary: 'All suppressions as CSV',
      answers: { 200: { description: 'email, reason, source, since', mediaType: 'text/csv' } },
      async handle() {
        const parts: string[] = [];
        for (let after: number | null = null, isLast = false; !isLast;) {
          const rows: Suppression[] = await listSuppressions(store.db, {}, after, EXPORTED_AT_ONCE);
          parts.push(suppressionLines(rows, after === null));
          isLast = rows.length < EXPORTED_AT_ONCE;
          after = Number(rows.at(-1)?.id ?? 0);
        }
        const headers = { 'Content-Disposition': 'attachment; filename="suppressions.csv"' };
        return bytes(200, 'text/csv; charset=utf-8', Buffer.from(parts.join('')), headers);
      },
    }),
    route({
      method: 'post',
      path: '/v1/suppressions/lookup',
      tag,
      access: 'see-suppressions',
      summary: 'Why an address must not be mailed',
      description: 'The address stands in the body, never in a URL. An empty list: nothing stands against it.',
      body: z.strictObject({ email: Address }),
      bodyExample: { email: 'ada@example.com' },
      answers: {
        200: { description: 'Every reason, the oldest first', schema: z.object({ items: z.array(Entry) }) },
      },
      async handle({ body }) {
        const address = addressOf(body.email);
        return json(200, { items: (await suppressionsOf(store, address)).map((row) => view(row, address)) });
      },
    }),
    route({
      method: 'post',
      path: '/v1/suppressions/import',
      tag,
      access: 'suppress',
      summary: 'Add the suppressions of a CSV file',
      description:
        'A line of titles (`email`, `reason`, `source`, `since`), of which only the first is needed, or addresses alone; commas, semicolons or tabs. A line without a reason is `manual`; `warnings` say how many are, and which columns are not read. Nothing is lifted, and what stands already keeps its source and time. Lines that cannot be kept are named; the others are added.',
      bodyKind: 'csv',
      body: z.string().max(LONGEST_FILE),
      bodyExample: 'email,reason\nada@example.com,hard-bounce\n',
      answers: {
        200: {
          description: 'How many lines were read, how many reasons are new, and the lines that were refused',
          schema: z.object({
            lines: z.int(),
            added: z.int(),
            refused: z.int(),
            problems: z.array(z.object({ line: z.int(), message: z.string() })),
            warnings: z.array(z.string()).meta({
              description:
                'What was kept otherwise than it may be meant: columns that are not read, lines without a reason',
            }),
          }),
        },
      },
      async handle({ body, caller }) {
        const source = `import by ${actorHandle(actorOf(caller))}`;
        const { suppressions, refused, warnings } = readSuppressionCsv(body, source, store.realNow());
        const added = await addSuppressions(store, suppressions, { actor: actorOf(caller), isList: true });
        const lines = suppressions.length + refused.length;
        const problems = refused.slice(0, REFUSED_SHOWN);
        return json(200, { lines, added, refused: refused.length, problems, warnings });
      },
    }),
    route({
      method: 'post',
      path: '/v1/suppressions',
      tag,
      access: 'suppress',
      summary: 'Suppress an address by hand',
      body: z.strictObject({
        email: Address,
        reason: Reason.optional().meta({ description: '`manual` by default' }),
        note: z.string().max(2_000).optional().meta({ description: 'Why; it stands on the timeline of the lead' }),
      }),
      bodyExample: { email: 'ada@example.com', note: 'asked for it by phone' },
      answers: {
        200: { description: 'Every reason that stands against it now', schema: z.object({ items: z.array(Entry) }) },
      },
      async handle({ body, caller }) {
        const address = addressOf(body.email);
        const actor = actorOf(caller);
        const added = { address, reason: body.reason ?? 'manual', source: actorHandle(actor) } as const;
        const note = body.note?.trim() || undefined;
        await addSuppressions(store, [added], { actor, isList: false, ...(note === undefined ? {} : { note }) });
        return json(200, { items: (await suppressionsOf(store, address)).map((row) => view(row, address)) });
      },
    }),
    route({
      method: 'post',
      path: '/v1/suppressions/lift',
      tag,
      access: 'lift-suppression',
      summary: 'Lift one reason',
      description:
        'Each reason has its own right act. `hard-bounce` and `manual`: your word. `complaint`: your word with a note of what proves that the person wants mail again. `unsubscribed`: only the person, by a new consent. The other reasons stay.',
      body: z.strictObject({ email: Address, reason: Reason, note: z.string().max(2_000).optional() }),
      bodyExample: { email: 'ada@example.com', reason: 'hard-bounce' },
      problems: ['CONFLICT'],
      answers: {
        200: {
          description: 'Whether it stood, and the reasons that are left',
          schema: z.object({ lifted: z.boolean(), left: z.array(z.string()) }),
        },
      },
      async handle({ body, caller }) {
        const { email, ...rest } = body;
        return json(200, await liftSuppression(store, { address: addressOf(email), ...rest }, actorOf(caller)));
      },
    }),
  ];
}

/** @throws AppError VALIDATION_FAILED */
function addressOf(email: string): string {
  const address = storedAddress(email);
  if (address !== null) return address;
  const message = 'must be an email address';
  throw new AppError('VALIDATION_FAILED', `The body is not valid: email: ${message}`, {
    fields: [{ path: 'email', message }],
  });
}

function view({ reason, source, leadId, occurredAt }: Suppression, email: string): z.input<typeof Entry> {
  return { email, reason, source, leadId, since: occurredAt.toISOString() };
}
