import { z } from 'zod';
import { AppError } from '../../domain/errors.ts';
import { createApiKey, listApiKeys, revokeApiKey, type ApiKeyInfo } from '../../store/access/api-keys.ts';
import { type Named, readNames } from '../../store/lists/names.ts';
import { activeRepIdOf } from '../../store/lists/reps.ts';
import type { Keyring } from '../auth.ts';
import type { ApiDeps } from '../deps.ts';
import { empty, json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { Timestamp, id, text } from '../schemas/common.ts';
import { invalid } from '../validate.ts';
import { Person } from '../schemas/person.ts';
import { iso } from '../views/lead.ts';
import { personView } from '../views/person.ts';

const ROLES = ['site', 'rep', 'marketer', 'operator', 'admin'] as const;

const ApiKey = z
  .object({
    id: id('apiKey'),
    name: z.string(),
    role: z.enum(ROLES),
    repId: z.string().nullable(),
    origins: z
      .array(z.string())
      .meta({ description: 'Websites from which a site key may be used. An empty list allows every website' }),
    rep: Person.nullable(),
    createdAt: Timestamp,
    revokedAt: Timestamp.nullable(),
  })
  .meta({ id: 'ApiKey' });

const Origin = text(200).refine(isOrigin, 'must be an origin without a path, as in https://shop.example');

const NewApiKey = z
  .strictObject({
    name: text(100),
    role: z.enum(ROLES),
    rep: text(100).optional().meta({ description: 'Key or id of the rep, for role rep' }),
    origins: z
      .array(Origin)
      .max(50)
      .optional()
      .meta({
        description: 'For role site: the websites from which the key may be used',
        example: ['https://shop.example'],
      }),
  })
  .refine(({ role, origins }) => role === 'site' || origins === undefined, {
    path: ['origins'],
    message: 'belong to role site: the others are no keys for browsers',
  })
  .refine(({ role, rep }) => (role === 'rep') === (rep !== undefined), {
    path: ['rep'],
    message: 'belongs to role rep: that role needs it, the others have none',
  })
  .meta({ id: 'NewApiKey' });

const Secret = ApiKey.extend({
  secret: z.string().meta({ description: 'The secret. It is shown only once' }),
  note: z.string().optional().meta({ description: 'A warning about this key' }),
}).meta({ id: 'ApiKeyWithSecret' });

const ANY_WEBSITE = 'No origins are named: this key may be used from any website. Name them to bind it to yours.';

export function apiKeyRoutes({ store: { db, realNow } }: ApiDeps, keyring: Pick<Keyring, 'forget'>): Route[] {
  async function repIdOf(rep: string | undefined): Promise<string | undefined> {
    if (rep === undefined) return undefined;
    const found = await activeRepIdOf(db, rep);
    if (found === null)
      throw invalid('body', [{ path: 'rep', message: 'must be the key or id of an active rep, see GET /v1/reps' }]);
    return found;
  }

  return [
    route({
      method: 'post',
      path: '/v1/api-keys',
      tag: 'API keys',
      summary: 'Make an API key',
      access: 'manage-keys',
      body: NewApiKey,
      bodyExample: { name: 'website', role: 'site', origins: ['https://shop.example'] },
      answers: { 201: { description: 'The key. The secret is not stored and cannot be shown again', schema: Secret } },
      async handle({ body: { name, role, rep, origins } }) {
        const { secret, ...info } = await createApiKey(db, { name, role, repId: await repIdOf(rep), origins });
        keyring.forget();
        const isForAny = role === 'site' && info.origins.length === 0;
        const names = await readNames(db, info.repId === null ? [] : [info.repId]);
        return json(201, { ...keyView(info, names), secret, ...(isForAny ? { note: ANY_WEBSITE } : {}) });
      },
    }),
    route({
      method: 'get',
      path: '/v1/api-keys',
      tag: 'API keys',
      summary: 'List API keys, including revoked keys',
      access: 'manage-keys',
      answers: { 200: { description: 'Newest first', schema: z.object({ items: z.array(ApiKey) }) } },
      async handle() {
        const keys = await listApiKeys(db);
        const names = await readNames(
          db,
          keys.flatMap(({ repId }) => repId ?? []),
        );
        return json(200, { items: keys.map((key) => keyView(key, names)) });
      },
    }),
    route({
      method: 'delete',
      path: '/v1/api-keys/:id',
      tag: 'API keys',
      summary: 'Revoke an API key',
      description: 'Every other process of the API refuses the key within 10 seconds.',
      access: 'manage-keys',
      params: z.object({ id: id('apiKey') }),
      answers: { 204: { description: 'Revoked' } },
      problems: ['NOT_FOUND', 'CONFLICT'],
      async handle({ params, caller }) {
        if (params.id === caller.keyId)
          throw new AppError('CONFLICT', 'This request uses the key that it would revoke; revoke it with another key');
        if (!(await revokeApiKey(db, params.id, new Date(realNow()))))
          throw new AppError('NOT_FOUND', 'There is no API key with this id');
        keyring.forget();
        return empty(204);
      },
    }),
  ];
}

function keyView(key: ApiKeyInfo, names: ReadonlyMap<string, Named>): z.input<typeof ApiKey> {
  return {
    ...key,
    rep: personView(key.repId, names),
    createdAt: key.createdAt.toISOString(),
    revokedAt: iso(key.revokedAt),
  };
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;
}
