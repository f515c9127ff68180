import { z } from 'zod';
import { AppError } from '../../domain/errors.ts';
import type { Provider } from '../inbound/providers/provider.ts';
import { PROVIDERS } from '../inbound/providers/providers.ts';
import { takeMail, takeNotice } from '../inbound/take-notice.ts';
import type { ApiDeps } from '../deps.ts';
import { empty } from '../reply.ts';
import { route, type Route } from '../route.ts';

export function inboundWebhookRoutes({ store, tokens, ring, inbound }: ApiDeps): Route[] {
  /** @throws AppError NOT_FOUND */
  function setUp(name: string): { provider: Provider; context: NonNullable<ApiDeps['inbound']> } {
    const provider = Object.hasOwn(PROVIDERS, name) ? PROVIDERS[name as keyof typeof PROVIDERS] : undefined;
    if (provider === undefined || inbound === undefined || !provider.isSetUp(inbound.settings))
      throw new AppError('NOT_FOUND', 'No such webhook is set up: docs/email.md says by which variables');
    return { provider, context: inbound };
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
        const { provider, context } = setUp(params.provider);
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const deps = { store, tokens, ring };
        for (const told of await provider.read({ headers: request.headers, body }, context)) {
          if ('raw' in told) await takeMail(deps, params.provider, told);
          else await takeNotice(deps, params.provider, told);
        }
        return empty(204);
      },
    }),
  ];
}
