import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';

import { toEnvironment } from '../../src/runtime/config-environment.ts';
import { loadConfig } from '../../src/runtime/config.ts';
import { Environment } from '../../src/runtime/environment.ts';
import { DEVELOPMENT_ADMIN_KEY } from '../../src/runtime/development-keys.ts';
import { AppError } from '../../src/domain/errors.ts';

const PRODUCTION = {
  NODE_ENV: 'production',
  ADMIN_API_KEY: '0f8e1c53a97b4d26e1c08b7f',
  SECRET_KEY: '0f8e1c53a97b4d26e1c08b7f92a4d6c1',
  DATABASE_URL: 'postgresql://nurture:pw@db.example.com/nurture',
  TEMPORAL_ADDRESS: 'temporal.example.com:7233',
  SMTP_URL: 'smtps://mail.example.com:465',
  PUBLIC_URL: 'https://nurture.example.com/',
  MAIL_FROM: 'Example Ltd <hello@example.com>',
  POSTAL_ADDRESS: 'Example Ltd, 1 Example Road, Exampletown',
};

function problemsOf(env: NodeJS.ProcessEnv): string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof AppError && error.code === 'CONFIG_INVALID') return error.fields.map((field) => field.path);
    throw error;
  }
  return [];
}

test('an empty environment gives the development stack', () => {
  const config = loadConfig({});
  expect(config.embedded).toEqual({ postgres: true, temporal: true, mail: true });
  expect(config.adminApiKey).toBe(DEVELOPMENT_ADMIN_KEY);
  expect(config.publicUrl).toBe('http://localhost:8080');
});

test('an empty variable counts as not set', () => {
  expect(loadConfig({ PORT: '', DATABASE_URL: ' ' }).embedded.postgres).toBe(true);
});

test('a given server is not embedded', () => {
  const config = loadConfig({ TEMPORAL_ADDRESS: 'localhost:7233', SMTP_URL: 'smtp://localhost' });
  expect(config.embedded).toEqual({ postgres: true, temporal: false, mail: false });
});

test('each wrong variable is named, with what would be right', () => {
  const wrong = {
    PORT: 'x',
    DATABASE_URL: 'mysql://x',
    TEMPORAL_ADDRESS: 'https://x',
    SECRET_KEY: 'short',
    LOG_LEVEL: 'loud',
  };
  expect(problemsOf(wrong).toSorted()).toEqual(Object.keys(wrong).toSorted());
  expect(() => loadConfig({ PORT: '70000' })).toThrow(/PORT must be a port number from 1 to 65535/);
});

test('what is wrong by itself and what is wrong beside the others is told at once', () => {
  const wrong = { PORT: 'x', INBOUND_MAILGUN_KEY: 'short', INBOUND_POSTMARK_AUTH: 'user:short' };
  expect(problemsOf({ ...PRODUCTION, ...wrong, SECRET_KEY: 'short' }).toSorted()).toEqual(
    [...Object.keys(wrong), 'SECRET_KEY'].toSorted(),
  );
  expect(() => loadConfig(wrong)).toThrow(/INBOUND_MAILGUN_KEY must have at least 16 characters/);
});

test('.env.example has every variable', () => {
  const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  const missing = Object.keys(Environment.shape).filter((name) => !new RegExp(`^#?${name}=`, 'm').test(text));
  expect(missing).toEqual([]);
});

test('production refuses every default at once, and starts no server', () => {
  expect(problemsOf({ NODE_ENV: 'production' }).toSorted()).toEqual(
    Object.keys(PRODUCTION)
      .filter((name) => name !== 'NODE_ENV')
      .toSorted(),
  );
  expect(loadConfig(PRODUCTION).embedded).toEqual({ postgres: false, temporal: false, mail: false });
  expect(loadConfig(PRODUCTION).publicUrl).toBe('https://nurture.example.com');
});

test.each([
  ['ADMIN_API_KEY', 'dev-admin-key'],
  ['ADMIN_API_KEY', 'dev-admin-key-but-longer-than-that'],
  ['ADMIN_API_KEY', 'a'.repeat(24)],
  ['SECRET_KEY', 'development-secret-key-do-not-use-in-production'],
  ['SECRET_KEY', ' development-secret-key-do-not-use-in-production'],
  ['SECRET_KEY_PREVIOUS', 'development-secret-key-do-not-use-in-production'],
  ['PUBLIC_URL', 'http://nurture.example.com'],
])('production refuses %s=%s', (name, value) => {
  expect(problemsOf({ ...PRODUCTION, [name]: value })).toEqual([name]);
});

test.each([
  [{ HOST: '0.0.0.0' }],
  [{ HOST: '::' }],
  [{ PUBLIC_URL: 'https://nurture.example.com' }],
  [{ DATABASE_URL: 'postgresql://nurture:pw@db.example.com/nurture' }],
  [{ TEMPORAL_ADDRESS: 'temporal.example.com:7233' }],
  [{ SMTP_URL: 'smtps://mail.example.com:465' }],
])('with %j the keys of development are refused, in development too', (env) => {
  expect(problemsOf(env)).toEqual(['ADMIN_API_KEY', 'SECRET_KEY']);
  const { ADMIN_API_KEY, SECRET_KEY } = PRODUCTION;
  expect(problemsOf({ ...env, ADMIN_API_KEY, SECRET_KEY })).toEqual([]);
});

test.each(['127.0.0.1', 'localhost', '::1', '127.1.2.3'])('HOST=%s stays on this machine', (HOST) => {
  expect(problemsOf({ HOST })).toEqual([]);
});

test('in production mails leave over TLS only, unless it is said otherwise or the server is on this machine', () => {
  const requires = (more: Record<string, string> = {}): boolean =>
    loadConfig({ ...PRODUCTION, ...more }).mail.requireTls;
  expect(requires()).toBe(true);
  expect(requires({ SMTP_ALLOW_PLAIN: 'true' })).toBe(false);
  expect(requires({ SMTP_URL: 'smtp://127.0.0.1:25' })).toBe(false);
  expect(loadConfig({}).mail.requireTls).toBe(false);
});

test('a child process given the environment of a configuration sees the same', () => {
  for (const env of [
    {},
    PRODUCTION,
    { ...PRODUCTION, ...OPEN_ID, OIDC_CLIENT_AUTH: 'post' },
    { INBOUND_TLS_CERT: 'cert.pem', INBOUND_TLS_KEY: 'key.pem' },
    { PORT: '9000', TEMPORAL_API_KEY: 'k', TEMPORAL_TLS_CERT: 'c', TEMPORAL_TLS_KEY: 'k' },
  ]) {
    const config = loadConfig(env);
    const { embedded: _embedded, ...rest } = loadConfig(toEnvironment(config));
    expect(config).toMatchObject(rest);
  }
});

test('the certificate of the listener for incoming mail goes with its key', () => {
  expect(problemsOf({ INBOUND_TLS_CERT: 'cert.pem' })).toEqual(['INBOUND_TLS_KEY']);
  expect(loadConfig({ INBOUND_TLS_CERT: 'cert.pem', INBOUND_TLS_KEY: 'key.pem' }).mail.inbound.tls).toEqual({
    certPath: 'cert.pem',
    keyPath: 'key.pem',
  });
});

const OPEN_ID = { OIDC_ISSUER: 'https://login.example.com', OIDC_CLIENT_ID: 'nurture', OIDC_CLIENT_SECRET: 'secret' };
test.each([
  [{ OIDC_ISSUER: OPEN_ID.OIDC_ISSUER }, ['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET']],
  [{ ...OPEN_ID, OIDC_ISSUER: 'http://login.example.com' }, ['OIDC_ISSUER']],
  [{ ...OPEN_ID, OIDC_CLIENT_AUTH: 'jwt' }, ['OIDC_CLIENT_AUTH']],
  [{ ...OPEN_ID, OIDC_ISSUER: 'http://localhost:9000' }, []],
  [{ ...PRODUCTION, ...OPEN_ID }, []],
])('a provider to sign in by: %j', (env, wrong) => {
  expect(problemsOf(env)).toEqual(wrong);
});

test('the address that a provider leads back to is https', () => {
  const { ADMIN_API_KEY, SECRET_KEY } = PRODUCTION;
  const env = { ...OPEN_ID, ADMIN_API_KEY, SECRET_KEY, PUBLIC_URL: 'http://nurture.example.com' };
  expect(problemsOf(env)).toEqual(['PUBLIC_URL']);
});

describe('the secrets of webhooks', () => {
  const secret = `whsec_${Buffer.alloc(32, 'x').toString('base64')}`;

  it('are known by the name of their variable, and go on to child processes', () => {
    const config = loadConfig({
      WEBHOOK_SECRET: secret,
      WEBHOOK_SECRET_MY_SMS: secret,
      WEBHOOK_ALLOW: 'localhost, 10.0.0.5',
    });
    expect(config.webhooks).toEqual({
      secrets: { '': secret, MY_SMS: secret },
      allow: ['localhost', '10.0.0.5'],
      httpsOnly: false,
    });
    expect(loadConfig(toEnvironment(config)).webhooks).toEqual(config.webhooks);
  });

  it('are long enough, and in base64', () => {
    expect(() => loadConfig({ WEBHOOK_SECRET_SMS: 'whsec_short' })).toThrow(/WEBHOOK_SECRET_SMS must be "whsec_"/);
  });
});
