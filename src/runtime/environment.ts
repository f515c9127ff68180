/** The environment variables: the allowed values and the default of each. */
import { z } from 'zod';

export const WORKER_ROLES = ['all', 'workflows', 'activities'] as const;
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const port = (fallback: number) =>
  z
    .string()
    .default(String(fallback))
    .refine(
      (text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535,
      'must be a port number from 1 to 65535',
    )
    .transform(Number);
const url = (protocols: readonly string[], example: string) =>
  z.string().refine((text) => {
    return URL.canParse(text) && protocols.includes(new URL(text).protocol);
  }, `must be a URL such as ${example}`);
const flag = z
  .string()
  .default('false')
  .refine((text) => /^(true|false|1|0)$/i.test(text), 'must be true or false')
  .transform((text) => /^(true|1)$/i.test(text));

const count = (fallback: number) =>
  z
    .string()
    .default(String(fallback))
    .refine((text) => /^\d{1,6}$/.test(text), `must be a whole number such as ${fallback}`)
    .transform(Number);

export const Environment = z.object({
  NODE_ENV: z
    .enum(['development', 'test', 'production'], 'must be development, test or production')
    .default('development'),
  DATABASE_URL: url(['postgresql:', 'postgres:'], 'postgresql://user:password@host:5432/nurture').optional(),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(
      /^(\[[0-9a-f:]+\]|[^\s:/]+):\d{1,5}$/i,
      'must be host:port without a scheme, such as temporal.example.com:7233',
    )
    .optional(),
  TEMPORAL_NAMESPACE: z.string().default('nurture'),
  TEMPORAL_API_KEY: z.string().optional(),
  TEMPORAL_TLS: flag,
  TEMPORAL_TLS_CERT: z.string().optional(),
  TEMPORAL_TLS_KEY: z.string().optional(),
  TEMPORAL_TLS_CA: z.string().optional(),
  TEMPORAL_TASK_QUEUE: z.string().default('nurture'),
  TEMPORAL_UI_URL: url(['http:', 'https:'], 'http://localhost:8233').optional(),
  SMTP_URL: url(['smtp:', 'smtps:'], 'smtps://user:password@smtp.example.com:465').optional(),
  SMTP_ALLOW_PLAIN: flag,
  MAIL_FROM: z
    .string()
    .regex(
      /^([^<>]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
      'must be an address such as Example Ltd <hello@example.com>',
    )
    .optional(),
  POSTAL_ADDRESS: z.string().optional(),
  TEST_SEND_TO: z.string().default(''),
  COMPANY_NAME: z.string().default('Example Company'),
  WEBHOOK_ALLOW: z
    .string()
    .default('')
    .transform((list) => list.split(/[\s,]+/).filter((host) => host !== ''))
    .refine(
      (hosts) => hosts.every((host) => /^[\w.:-]+$/.test(host)),
      'must be names or addresses of hosts with commas, such as localhost,10.0.0.5',
    ),
  HOST: z
    .string()
    .regex(/^[^\s/]+$/, 'must be an address or a host name, such as 127.0.0.1, or 0.0.0.0 for all addresses')
    .default('127.0.0.1'),
  PORT: port(8080),
  PUBLIC_URL: url(['http:', 'https:'], 'https://nurture.example.com').optional(),
  TRUST_PROXY: count(0),
  RATE_LIMIT_FORMS: count(30),
  RATE_LIMIT_EVENTS: count(600),
  RATE_LIMIT_FORMS_OF_KEY: count(600),
  RATE_LIMIT_EVENTS_OF_KEY: count(60_000),
  RATE_LIMIT_PAGES: count(120),
  RATE_LIMIT_WRONG_KEYS: count(30),
  PLAYBOOK_DIR: z.string().default('playbook'),
  TEMPLATES_DIR: z.string().default('templates'),
  /** Whether `npm start` publishes the folders in development. */
  PUBLISH_ON_SAVE: z.enum(['on', 'off'], 'must be on or off').default('on'),
  ADMIN_API_KEY: z.string().min(8, 'must have at least 8 characters').optional(),
  NURTURE_API_URL: url(['http:', 'https:'], 'https://nurture.example.com').optional(),
  NURTURE_API_KEY: z.string().optional(),
  SECRET_KEY: z.string().min(32, 'must have at least 32 characters: make one with `openssl rand -hex 32`').optional(),
  SECRET_KEY_PREVIOUS: z
    .string()
    .min(32, 'must have at least 32 characters: it is the SECRET_KEY before this one')
    .optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  DATA_DIR: z.string().default('.data'),
  POSTGRES_PORT: port(15_432),
  TEMPORAL_PORT: port(7233),
  TEMPORAL_UI_PORT: port(8233),
  DKIM_KEY_FILE: z.string().optional(),
  DKIM_PRIVATE_KEY: z.string().optional(),
  DKIM_SELECTOR: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i, 'must be letters, digits and dashes, such as nurture')
    .default('nurture'),
  DKIM_DOMAIN: z
    .string()
    .regex(
      /^[a-z0-9-]+(\.[a-z0-9-]+)+([\s,]+[a-z0-9-]+(\.[a-z0-9-]+)+)*$/i,
      'must be a domain, such as example.com, or several with commas between them',
    )
    .optional(),
  INBOUND_DOMAIN: z
    .string()
    .regex(
      /^(?=.{1,190}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/i,
      'must be a domain whose MX record leads here, such as bounces.example.com',
    )
    .optional(),
  TRACKING: z.enum(['on', 'off'], 'must be on or off').default('on'),
  INBOUND_SMTP_PORT: port(2525),
  INBOUND_TLS_CERT: z.string().optional(),
  INBOUND_TLS_KEY: z.string().optional(),
  INBOUND_SES_TOPICS: z.string().optional(),
  INBOUND_SENDGRID_KEY: z.string().optional(),
  INBOUND_POSTMARK_AUTH: z.string().optional(),
  INBOUND_MAILGUN_KEY: z
    .string()
    .min(16, 'must have at least 16 characters: it is the HTTP webhook signing key that Mailgun shows')
    .optional(),
  INBOUND_IMAP_URL: url(['imaps:', 'imap:'], 'imaps://user:password@imap.example.com/INBOX').optional(),
  OIDC_ISSUER: url(['https:', 'http:'], 'https://login.example.com').optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_CLIENT_AUTH: z.enum(['basic', 'post'], 'must be basic or post').default('basic'),
  SMTP_PORT: port(1025),
  MAIL_UI_PORT: port(1080),
  WORKER_ROLE: z.enum(WORKER_ROLES, `must be one of ${WORKER_ROLES.join(', ')}`).default('all'),
  WORKER_METRICS_PORT: port(9464),
  WORKER_METRICS_HOST: z.string().default('127.0.0.1'),
  WORKER_METRICS_URL: url(['http:', 'https:'], 'http://worker:9464/metrics').optional(),
});

export type EnvironmentValues = z.output<typeof Environment>;
