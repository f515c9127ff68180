import { z } from 'zod';
import { AppError } from '../../domain/errors.ts';
import { PROVIDERS } from '../inbound/providers/providers.ts';
import { takeNotice } from '../inbound/take-notice.ts';
import type { ApiDeps } from '../deps.ts';
import { empty } from '../reply.ts';
import { route, type Route } from '../route.ts';

export function inboundWebhookRoutes({ store, tokens, ring, inbound }: ApiDeps): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/inbound/:provider',
      tag: 'Tracking',
      summary: 'A mail provider tells of bounces, complaints and deliveries',
      description:
        'Signed by the provider (docs/email.md, "Webhooks of mail providers"). 204 when all is recorded; told again, nothing changes.',
      access: 'public',
      params: z.object({ provider: z.string().meta({ description: Object.keys(PROVIDERS).join(', ') }) }),
      bodyKind: 'raw',
      answers: { 204: { description: 'Recorded' } },
      problems: ['NOT_FOUND', 'FORBIDDEN', 'VALIDATION_FAILED'],
      async handle({ params, request }) {
        const provider = Object.hasOwn(PROVIDERS, params.provider)
          ? PROVIDERS[params.provider as keyof typeof PROVIDERS]
          : undefined;
        if (provider === undefined || inbound === undefined || !provider.isSetUp(inbound.settings))
          throw new AppError('NOT_FOUND', 'No such webhook is set up: docs/email.md says by which variables');
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const notices = await provider.read({ headers: request.headers, body }, inbound);
        for (const notice of notices) await takeNotice({ store, tokens, ring }, params.provider, notice);
        return empty(204);
      },
    }),
  ];
}
