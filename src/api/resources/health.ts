import { z } from 'zod';
import type { RulesInForce } from '../../store/rules/in-force.ts';
import type { ApiDeps } from '../deps.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';

const CHECK_TIMEOUT_MS = 2_000;

const Part = z.object({ ok: z.boolean(), error: z.string().nullable(), ms: z.int() });
const Ready = z
  .object({
    status: z.enum(['ready', 'degraded', 'unavailable']).meta({
      description:
        'degraded: the process works, but it cannot read the newest playbook revision and uses an older one, or the mail server does not answer and mails wait',
    }),
    parts: z.object({ database: Part, temporal: Part, mail: Part, playbook: Part }),
  })
  .meta({ id: 'Readiness' });

export function healthRoutes({ checks, log, store: { rules } }: ApiDeps): Route[] {
  async function ask(part: keyof ApiDeps['checks']): Promise<z.input<typeof Part>> {
    const begun = performance.now();
    const ms = () => Math.round(performance.now() - begun);
    try {
      await within(CHECK_TIMEOUT_MS, checks[part]());
      return { ok: true, error: null, ms: ms() };
    } catch (error) {
      // The answer is public: what exactly was said, with hosts and names, is for the log.
      log.warn({ err: error, part }, 'a part does not answer');
      return {
        ok: false,
        error: error instanceof Late ? `no answer within ${CHECK_TIMEOUT_MS} ms` : 'does not answer',
        ms: ms(),
      };
    }
  }

  return [
    route({
      method: 'get',
      path: '/healthz',
      tag: 'Operating',
      summary: 'Is this process alive?',
      access: 'public',
      answers: { 200: { description: 'The process is alive', schema: z.object({ status: z.literal('ok') }) } },
      handle: () => json(200, { status: 'ok' }),
    }),
    route({
      method: 'get',
      path: '/readyz',
      tag: 'Operating',
      summary: 'Is this process ready to work? Names the part that is down',
      access: 'public',
      answers: {
        200: { description: 'The database and Temporal answer', schema: Ready },
        503: { description: 'The database or Temporal does not answer', schema: Ready },
      },
      async handle() {
        const [database, temporal, mail] = await Promise.all([ask('database'), ask('temporal'), ask('mail')]);
        const ok = database.ok && temporal.ok;
        const playbook = { ok: rules.behindBecause() === null, error: playbookError(rules), ms: 0 };
        const status = !ok ? 'unavailable' : playbook.ok && mail.ok ? 'ready' : 'degraded';
        return json(ok ? 200 : 503, { status, parts: { database, temporal, mail, playbook } });
      },
    }),
  ];
}

/** Public as the rest: what exactly cannot be read is in the log and in GET /v1/playbook. */
function playbookError(rules: RulesInForce): string | null {
  if (rules.behindBecause() === null) return null;
  return `works by playbook revision ${rules.current().revision}, as the newest cannot be read by this version`;
}

class Late extends Error {}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late()), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
