/** The configuration that the rest of the code reads. The environment variables are checked once, here. */
import path from 'node:path';
import type { z } from 'zod';

import { AppError, type FieldError } from '../domain/errors.ts';
import { embeddedDatabaseUrl } from './embedded-database.ts';
import { exposureProblems, isLoopback } from './config-secrets.ts';
import { DEVELOPMENT_ADMIN_KEY, DEVELOPMENT_SECRET_KEY } from './development-keys.ts';
import { inboundOf, inboundProblems, type InboundSettings } from './config-inbound.ts';
import { openIdOf, openIdProblems, type OpenIdSettings } from './config-open-id.ts';
import { webhookProblems, webhookSecrets } from './config-webhooks.ts';
import { productionProblems } from './config-production.ts';
import { Environment, type EnvironmentValues, type LOG_LEVELS, type WORKER_ROLES } from './environment.ts';

export interface Config {
  readonly env: 'development' | 'test' | 'production';
  readonly databaseUrl: string;
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly taskQueue: string;
    readonly apiKey: string | undefined;
    readonly tls: boolean;
    /** PEM files of a client certificate (mTLS) and of a private certificate authority. */
    readonly tlsCertPath: string | undefined;
    readonly tlsKeyPath: string | undefined;
    readonly tlsCaPath: string | undefined;
    readonly uiUrl: string;
  };
  readonly mail: {
    readonly smtpUrl: string;
    /** Mails leave over an encrypted connection only: in production, unless SMTP_ALLOW_PLAIN says otherwise or the server is on this machine. */
    readonly requireTls: boolean;
    readonly from: string;
    /** For the footer of every marketing mail, which the law requires. */
    readonly postalAddress: string;
    /** Domain of the addresses for bounces and unsubscribes. Null: mails come back to the sender's address, and nobody reads them here. */
    readonly inboundDomain: string | null;
    readonly inboundPort: number;
    /** Whether mails to leads have a pixel and tracked links. */
    readonly tracking: boolean;
    /** By what mails come back beside the listener. */
    readonly inbound: InboundSettings;
    /** What signs mails (src/email/dkim.ts). */
    readonly dkim: {
      readonly domains: readonly string[];
      readonly selector: string;
      readonly keyFile: string | null;
      readonly privateKey: string | null;
    };
    readonly companyName: string;
  };
  readonly webhooks: {
    /** By name in capitals; the empty name is the secret of steps that name none. */
    readonly secrets: Readonly<Record<string, string>>;
    /** Hosts that webhook steps may reach though their addresses are not public. */
    readonly allow: readonly string[];
    readonly httpsOnly: boolean;
  };
  /** The provider that people may sign in to the console by; null: by a mailed link alone. */
  readonly openId: OpenIdSettings | null;
  /** Addresses, or domains with an @ before them, that `test-send` may send to; small letters. */
  readonly testSendTo: readonly string[];
  /** The address the API listens on: the loopback one unless HOST says otherwise. */
  readonly host: string;
  readonly port: number;
  /** How many proxies stand before the API: the address of a caller is what the first of them saw. */
  readonly trustProxy: number;
  /** So many a minute from one address; 0: as many as come. */
  readonly rateLimits: {
    readonly forms: number;
    readonly events: number;
    /** By one site key, from all addresses together. */
    readonly formsOfKey: number;
    readonly eventsOfKey: number;
    readonly pages: number;
    readonly wrongKeys: number;
  };
  /** The API's address for the outside, without a slash at the end. */
  readonly publicUrl: string;
  /** Absolute paths. */
  readonly playbookDir: string;
  readonly templatesDir: string;
  readonly dataDir: string;
  /** Whether `npm start` publishes the folders in development, at its start and at each save. */
  readonly publishOnSave: boolean;
  readonly adminApiKey: string;
  /** Where the command line finds the API, and the key it shows. */
  readonly client: { readonly url: string; readonly key: string };
  /** The first key signs links, every key verifies them: links signed with the previous key go on working. */
  readonly secretKeys: readonly string[];
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** The work that a worker does: both kinds, or in a larger installation one of them (docs/scale.md). */
  readonly workerRole: (typeof WORKER_ROLES)[number];
  /** Where the worker serves its metrics, and where the API reads them to pass them on. */
  readonly workerMetricsHost: string;
  readonly workerMetricsPort: number;
  readonly workerMetricsUrl: string;
  readonly stack: {
    readonly postgresPort: number;
    readonly temporalPort: number;
    readonly temporalUiPort: number;
    readonly smtpPort: number;
    readonly mailUiPort: number;
  };
  /** The servers that the stack starts itself: those without a variable. None in production. */
  readonly embedded: { readonly postgres: boolean; readonly temporal: boolean; readonly mail: boolean };
}

/**
 * Reads and checks the environment. An empty variable counts as not set.
 *
 * @throws AppError CONFIG_INVALID whose message lists each variable, what is wrong and what would be right
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const given = givenOf(env);
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const wrong = issuesOf(parsed.error);
    // Without what is wrong by itself, so that all mistakes are told at once.
    const rest = Object.fromEntries(
      Object.entries(given).filter(([name]) => !wrong.some(({ path: at }) => at === name)),
    );
    const others = Environment.safeParse(rest);
    const more = others.success ? problemsOf(others.data, webhookSecrets(given)) : [];
    throw invalid([...wrong, ...more.filter((one) => !wrong.some(({ path: at }) => at === one.path))]);
  }
  const values = parsed.data;
  const secrets = webhookSecrets(given);
  const problems = problemsOf(values, secrets);
  if (problems.length > 0) throw invalid(problems);
  return assemble(values, secrets);
}

/** What names a sender in DNS. */
export interface SenderNames {
  readonly mail: Pick<Config['mail'], 'from' | 'inboundDomain'> & {
    readonly dkim: Pick<Config['mail']['dkim'], 'domains' | 'selector'>;
  };
}

/**
 * Reads and checks of the environment what names a sender in DNS, and nothing else: a key is made before all else is set.
 * @throws AppError CONFIG_INVALID
 */
export function loadSenderNames(env: NodeJS.ProcessEnv): SenderNames {
  const names = {
    MAIL_FROM: true,
    COMPANY_NAME: true,
    DKIM_DOMAIN: true,
    DKIM_SELECTOR: true,
    INBOUND_DOMAIN: true,
  } as const;
  const parsed = Environment.pick(names).safeParse(givenOf(env));
  if (!parsed.success) throw invalid(issuesOf(parsed.error));
  return { mail: senderNamesOf(parsed.data) };
}

function senderNamesOf(
  values: Pick<EnvironmentValues, 'MAIL_FROM' | 'COMPANY_NAME' | 'DKIM_DOMAIN' | 'DKIM_SELECTOR' | 'INBOUND_DOMAIN'>,
): SenderNames['mail'] {
  return {
    from: values.MAIL_FROM ?? `${values.COMPANY_NAME} <hello@example.com>`,
    inboundDomain: values.INBOUND_DOMAIN?.toLowerCase() ?? null,
    dkim: { domains: values.DKIM_DOMAIN?.toLowerCase().split(/[\s,]+/) ?? [], selector: values.DKIM_SELECTOR },
  };
}

/** The variables that are set. */
function givenOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || value.trim() === '' ? [] : [[name, value] as const],
    ),
  );
}

function issuesOf(error: z.ZodError): FieldError[] {
  return error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
}

/** What is wrong with variables that are right each by itself. */
function problemsOf(values: EnvironmentValues, secrets: Config['webhooks']['secrets']): FieldError[] {
  const problems = values.NODE_ENV === 'production' ? productionProblems(values) : exposureProblems(values);
  if ((values.TEMPORAL_TLS_CERT === undefined) !== (values.TEMPORAL_TLS_KEY === undefined)) {
    problems.push({ path: 'TEMPORAL_TLS_KEY', message: 'must be set together with TEMPORAL_TLS_CERT' });
  }
  problems.push(...webhookProblems(secrets), ...openIdProblems(values), ...inboundProblems(values));
  return problems;
}

function assemble(values: EnvironmentValues, secrets: Config['webhooks']['secrets']): Config {
  const production = values.NODE_ENV === 'production';
  const names = senderNamesOf(values);
  return {
    env: values.NODE_ENV,
    databaseUrl: values.DATABASE_URL ?? embeddedDatabaseUrl(path.resolve(values.DATA_DIR), values.POSTGRES_PORT),
    temporal: {
      address: values.TEMPORAL_ADDRESS ?? `127.0.0.1:${values.TEMPORAL_PORT}`,
      namespace: values.TEMPORAL_NAMESPACE,
      taskQueue: values.TEMPORAL_TASK_QUEUE,
      apiKey: values.TEMPORAL_API_KEY,
      tls: values.TEMPORAL_TLS || values.TEMPORAL_API_KEY !== undefined || values.TEMPORAL_TLS_CERT !== undefined,
      tlsCertPath: values.TEMPORAL_TLS_CERT,
      tlsKeyPath: values.TEMPORAL_TLS_KEY,
      tlsCaPath: values.TEMPORAL_TLS_CA,
      uiUrl: values.TEMPORAL_UI_URL ?? `http://localhost:${values.TEMPORAL_UI_PORT}`,
    },
    mail: {
      requireTls:
        production && !values.SMTP_ALLOW_PLAIN && !isLoopback(new URL(values.SMTP_URL ?? 'smtp://127.0.0.1').hostname),
      smtpUrl: values.SMTP_URL ?? `smtp://127.0.0.1:${values.SMTP_PORT}`,
      from: names.from,
      postalAddress: values.POSTAL_ADDRESS ?? '1 Sample Street, 12345 Sampletown',
      companyName: values.COMPANY_NAME,
      inboundDomain: names.inboundDomain,
      inboundPort: values.INBOUND_SMTP_PORT,
      tracking: values.TRACKING === 'on',
      inbound: inboundOf(values),
      dkim: {
        ...names.dkim,
        keyFile: values.DKIM_KEY_FILE === undefined ? null : path.resolve(values.DKIM_KEY_FILE),
        privateKey: values.DKIM_PRIVATE_KEY ?? null,
      },
    },
    webhooks: { secrets, allow: values.WEBHOOK_ALLOW, httpsOnly: production },
    openId: openIdOf(values),
    testSendTo: values.TEST_SEND_TO.toLowerCase()
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
    host: values.HOST,
    port: values.PORT,
    trustProxy: values.TRUST_PROXY,
    rateLimits: {
      forms: values.RATE_LIMIT_FORMS,
      events: values.RATE_LIMIT_EVENTS,
      formsOfKey: values.RATE_LIMIT_FORMS_OF_KEY,
      eventsOfKey: values.RATE_LIMIT_EVENTS_OF_KEY,
      pages: values.RATE_LIMIT_PAGES,
      wrongKeys: values.RATE_LIMIT_WRONG_KEYS,
    },
    publicUrl: (values.PUBLIC_URL ?? `http://localhost:${values.PORT}`).replace(/\/+$/, ''),
    playbookDir: path.resolve(values.PLAYBOOK_DIR),
    templatesDir: path.resolve(values.TEMPLATES_DIR),
    dataDir: path.resolve(values.DATA_DIR),
    publishOnSave: values.PUBLISH_ON_SAVE === 'on',
    adminApiKey: values.ADMIN_API_KEY ?? DEVELOPMENT_ADMIN_KEY,
    client: {
      url: (values.NURTURE_API_URL ?? values.PUBLIC_URL ?? `http://localhost:${values.PORT}`).replace(/\/+$/, ''),
      key: values.NURTURE_API_KEY ?? values.ADMIN_API_KEY ?? DEVELOPMENT_ADMIN_KEY,
    },
    secretKeys: [
      values.SECRET_KEY ?? DEVELOPMENT_SECRET_KEY,
      ...(values.SECRET_KEY_PREVIOUS === undefined ? [] : [values.SECRET_KEY_PREVIOUS]),
    ],
    logLevel: values.LOG_LEVEL,
    workerRole: values.WORKER_ROLE,
    workerMetricsHost: values.WORKER_METRICS_HOST,
    workerMetricsPort: values.WORKER_METRICS_PORT,
    workerMetricsUrl: values.WORKER_METRICS_URL ?? `http://127.0.0.1:${values.WORKER_METRICS_PORT}/metrics`,
    stack: {
      postgresPort: values.POSTGRES_PORT,
      temporalPort: values.TEMPORAL_PORT,
      temporalUiPort: values.TEMPORAL_UI_PORT,
      smtpPort: values.SMTP_PORT,
      mailUiPort: values.MAIL_UI_PORT,
    },
    embedded: {
      postgres: !production && values.DATABASE_URL === undefined,
      temporal: !production && values.TEMPORAL_ADDRESS === undefined,
      mail: !production && values.SMTP_URL === undefined,
    },
  };
}

function invalid(problems: readonly FieldError[]): AppError {
  const list = problems.map((problem) => `  ${problem.path} ${problem.message}`).join('\n');
  return new AppError('CONFIG_INVALID', `The environment is not right:\n${list}`, { fields: problems });
}
