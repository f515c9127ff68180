/** Turns a configuration back into environment variables, for child processes. */
import type { Config } from './config.ts';
import { inboundVariables } from './config-inbound.ts';
import { secretVariables } from './config-webhooks.ts';

/** From these variables `loadConfig` makes the same configuration, apart from `embedded`, which only the supervisor reads. */
export function toEnvironment(config: Config): Record<string, string> {
  const { temporal, mail, stack } = config;
  const values: Record<string, string | undefined> = {
    NODE_ENV: config.env,
    DATABASE_URL: config.databaseUrl,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    TEMPORAL_TASK_QUEUE: temporal.taskQueue,
    TEMPORAL_API_KEY: temporal.apiKey,
    TEMPORAL_TLS: String(temporal.tls),
    TEMPORAL_TLS_CERT: temporal.tlsCertPath,
    TEMPORAL_TLS_KEY: temporal.tlsKeyPath,
    TEMPORAL_TLS_CA: temporal.tlsCaPath,
    TEMPORAL_UI_URL: temporal.uiUrl,
    SMTP_URL: mail.smtpUrl,
    SMTP_ALLOW_PLAIN: String(!mail.requireTls),
    MAIL_FROM: mail.from,
    POSTAL_ADDRESS: mail.postalAddress,
    COMPANY_NAME: mail.companyName,
    ...(mail.inboundDomain === null ? {} : { INBOUND_DOMAIN: mail.inboundDomain }),
    DKIM_SELECTOR: mail.dkim.selector,
    ...(mail.dkim.domains.length === 0 ? {} : { DKIM_DOMAIN: mail.dkim.domains.join(',') }),
    ...(mail.dkim.keyFile === null ? {} : { DKIM_KEY_FILE: mail.dkim.keyFile }),
    ...(mail.dkim.privateKey === null ? {} : { DKIM_PRIVATE_KEY: mail.dkim.privateKey }),
    ...(config.openId === null
      ? {}
      : {
          OIDC_ISSUER: config.openId.issuer,
          OIDC_CLIENT_ID: config.openId.clientId,
          OIDC_CLIENT_SECRET: config.openId.clientSecret,
          OIDC_CLIENT_AUTH: config.openId.clientAuth,
        }),
    TRACKING: mail.tracking ? 'on' : 'off',
    INBOUND_SMTP_PORT: String(mail.inboundPort),
    ...inboundVariables(mail.inbound),
    TEST_SEND_TO: config.testSendTo.join(','),
    ...secretVariables(config.webhooks.secrets),
    WEBHOOK_ALLOW: config.webhooks.allow.join(','),
    HOST: config.host,
    PORT: String(config.port),
    PUBLIC_URL: config.publicUrl,
    TRUST_PROXY: String(config.trustProxy),
    RATE_LIMIT_FORMS: String(config.rateLimits.forms),
    RATE_LIMIT_EVENTS: String(config.rateLimits.events),
    RATE_LIMIT_FORMS_OF_KEY: String(config.rateLimits.formsOfKey),
    RATE_LIMIT_EVENTS_OF_KEY: String(config.rateLimits.eventsOfKey),
    RATE_LIMIT_PAGES: String(config.rateLimits.pages),
    RATE_LIMIT_WRONG_KEYS: String(config.rateLimits.wrongKeys),
    PLAYBOOK_DIR: config.playbookDir,
    TEMPLATES_DIR: config.templatesDir,
    PUBLISH_ON_SAVE: config.publishOnSave ? 'on' : 'off',
    DATA_DIR: config.dataDir,
    ADMIN_API_KEY: config.adminApiKey,
    NURTURE_API_URL: config.client.url,
    NURTURE_API_KEY: config.client.key,
    SECRET_KEY: config.secretKeys[0],
    SECRET_KEY_PREVIOUS: config.secretKeys[1],
    LOG_LEVEL: config.logLevel,
    WORKER_ROLE: config.workerRole,
    WORKER_METRICS_PORT: String(config.workerMetricsPort),
    WORKER_METRICS_HOST: config.workerMetricsHost,
    WORKER_METRICS_URL: config.workerMetricsUrl,
    POSTGRES_PORT: String(stack.postgresPort),
    TEMPORAL_PORT: String(stack.temporalPort),
    TEMPORAL_UI_PORT: String(stack.temporalUiPort),
    SMTP_PORT: String(stack.smtpPort),
    MAIL_UI_PORT: String(stack.mailUiPort),
  };
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
