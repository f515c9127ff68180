import type { ApiDeps } from '../deps.ts';
import type { Metrics } from '../metrics.ts';
import { bytes } from '../reply.ts';
import { route, type Route } from '../route.ts';

/** Where others than this machine reach them, and in production, the metrics are not public: a scraper must send a key. */
export function metricsRoutes({ settings }: ApiDeps, metrics: Metrics): Route[] {
  const common = {
    method: 'get',
    path: '/metrics',
    tag: 'Operating',
    summary: 'Metrics of the application and of the Temporal SDK, for Prometheus',
    answers: { 200: { description: 'Prometheus text format', mediaType: 'text/plain' } },
  } as const;
  const handle = async () => bytes(200, metrics.contentType, Buffer.from(await metrics.text()));
  return settings.production || settings.isReachedByOthers === true
    ? [route({ ...common, access: 'see-metrics', handle })]
    : [route({ ...common, access: 'public', handle })];
}
