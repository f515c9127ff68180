import { z } from 'zod';
import type { Request } from 'express';
import { AppError, isAppError } from '../../domain/errors.ts';
import { isItsToken } from '../../store/inbound/used-tokens.ts';
import type { Provider, ProviderTold } from '../inbound/providers/provider.ts';
import { PROVIDERS } from '../inbound/providers/providers.ts';
import { takeMail, takeNotice } from '../inbound/take-notice.ts';
import type { ApiDeps } from '../deps.ts';
import { empty } from '../reply.ts';
import { route, type Route } from '../route.ts';

export function inboundWebhookRoutes({ store, tokens, ring, inbound, limits }: ApiDeps): Route[] {
  /** @throws AppError NOT_FOUND */
  function setUp(name: string): { provider: Provider; context: NonNullable<ApiDeps['inbound']> } {
    const provider = Object.hasOwn(PROVIDERS, name) ? PROVIDERS[name as keyof typeof PROVIDERS] : undefined;
    if (provider === undefined || inbound === undefined || !provider.isSetUp(inbound.settings))
      throw new AppError('NOT_FOUND', 'No such webhook is set up: docs/email.md says by which variables');
    return { provider, context: inbound };
  }

  /** Whoever tries passwords is refused for a while after some, whatever they try then. */
  async function read(name: string, request: Request): Promise<ProviderTold[]> {
    const { provider, context } = setUp(name);
    if (provider.hasPassword === true) limits.refuseGuesser(request);
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const asks = (token: string, content: string): Promise<boolean> =>
      isItsToken(store.db, { provider: name, token, content });
    try {
      return await provider.read({ headers: request.headers, body }, { ...context, isItsToken: asks });
    } catch (error) {
      if (provider.hasPassword === true && isAppError(error) && error.code === 'FORBIDDEN')
        await limits.spend('wrongKeys', request);
      throw error;
    }
  }

  return [
    route({
      method: 'post',
      path: '/v1/inbound/:provider',
      tag: 'Tracking',
      summary: 'A mail provider tells of bounces, complaints and deliveries, or hands over an answer',
      description:
        'Signed by the provider (docs/email.md, "Webhooks of mail providers"). 204 when all is recorded; told again, nothing changes.',
      access: 'public',
      params: z.object({
        provider: z
          .string()
          .max(50)
          .meta({ description: Object.keys(PROVIDERS).join(', ') }),
      }),
      bodyKind: 'raw',
      beforeBody({ provider }) {
        setUp(provider);
        return null;
      },
      answers: { 204: { description: 'Recorded' } },
      problems: ['NOT_FOUND', 'FORBIDDEN', 'VALIDATION_FAILED', 'RATE_LIMITED'],
      async handle({ params, request }) {
        const deps = { store, tokens, ring };
        for (const told of await read(params.provider, request)) {
          if ('raw' in told) await takeMail(deps, params.provider, told);
          else await takeNotice(deps, params.provider, told);
        }
        return empty(204);
      },
    }),
  ];
}
