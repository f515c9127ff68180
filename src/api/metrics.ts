import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Gauges } from '../store/lists/gauges.ts';
import { STAGES } from '../domain/stage.ts';

export interface Metrics {
  /** Measures every request, by the route's pattern. */
  measure: RequestHandler;
  /** Prometheus text. The counts of leads are at most 10 s old; while the database is away they stay as they were. */
  text(): Promise<string>;
  contentType: string;
}

const COLLECT_EVERY_MS = 10_000;
const SCRAPE_TIMEOUT_MS = 1_000;

export function createMetrics(readGauges: () => Promise<Gauges>, workerMetricsUrl: string | undefined): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const duration = new Histogram({
    name: 'nurture_http_request_duration_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const leads = new Gauge({ name: 'nurture_leads', help: 'Leads by stage', labelNames: ['stage'], registers });
  const outbox = gauge('nurture_outbox_backlog', 'Bells that no process has heard yet');
  const outboxAge = gauge('nurture_outbox_oldest_seconds', 'Age of the oldest bell that no process has heard yet');
  const tracked = gauge('nurture_fetches_waiting', 'Opens and clicks that are stored and not recorded as events yet');
  const held = gauge('nurture_leads_held', 'Leads held until a person resumes them');
  const inDoubt = gauge('nurture_sends_in_doubt', 'Sends that may or may not have gone out');
  const paused = gauge('nurture_sending_paused', 'Whether all sending to leads is paused: 0 or 1');
  const findings = gauge('nurture_findings_open', 'Unresolved findings of the reconciler');

  let collecting: Promise<void> | null = null;
  let collectedAt = -Infinity;

  async function collect(): Promise<void> {
    const read = await readGauges();
    for (const stage of STAGES)
      leads.set({ stage }, read.leadsByStage.find((entry) => entry.stage === stage)?.count ?? 0);
    outbox.set(read.outboxWaiting);
    outboxAge.set(read.outboxOldestSeconds);
    tracked.set(read.trackedWaiting);
    held.set(read.held);
    inDoubt.set(read.inDoubt);
    findings.set(read.findings);
    paused.set(read.isSendingPaused ? 1 : 0);
    collectedAt = performance.now();
  }

  async function refresh(): Promise<void> {
    if (performance.now() - collectedAt < COLLECT_EVERY_MS) return;
    collecting ??= collect()
      .catch(() => {
        // `/readyz` and the log say that the database is away; the process's own metrics are still wanted.
      })
      .finally(() => {
        collecting = null;
      });
    await collecting;
  }

  return {
    contentType: registry.contentType,
    measure: (request, response, next) => {
      const end = duration.startTimer({ method: request.method });
      response.on('finish', () =>
        end({ route: String(response.locals['route'] ?? '(none)'), status: response.statusCode }),
      );
      next();
    },
    async text() {
      const [worker] = await Promise.all([workerMetrics(workerMetricsUrl), refresh()]);
      return `${await registry.metrics()}${worker}`;
    },
  };
}

/** The Temporal SDK's metrics live in the worker's process; a worker that is away leaves a comment. */
async function workerMetrics(url: string | undefined): Promise<string> {
  if (url === undefined) return '';
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(SCRAPE_TIMEOUT_MS) });
    return response.ok ? `\n${await response.text()}` : `\n# The worker's metrics answered ${response.status}\n`;
  } catch {
    return "\n# The worker's metrics cannot be reached\n";
  }
}
