/** The rules for production: no secret and no server may be a default. */
import type { EnvironmentValues } from './environment.ts';
import type { FieldError } from '../domain/errors.ts';
import { isOwnSecret } from './config-secrets.ts';

/** Every variable that is missing or not fit for production. */
export function productionProblems(values: EnvironmentValues): FieldError[] {
  const problems: FieldError[] = [];
  const require = (path: keyof EnvironmentValues, isRight: boolean, message: string): void => {
    if (!isRight) problems.push({ path, message });
  };
  const { ADMIN_API_KEY: adminKey = '', SECRET_KEY: secretKey = '', SECRET_KEY_PREVIOUS: previous } = values;
  require('ADMIN_API_KEY', isOwnSecret(
    adminKey,
    24,
  ), 'must be set to a random key of your own of at least 24 characters: make one with `openssl rand -hex 24`');
  require('SECRET_KEY', isOwnSecret(
    secretKey,
    32,
  ), 'must be set to a random secret of your own of at least 32 characters: make one with `openssl rand -hex 32`');
  require('SECRET_KEY_PREVIOUS', previous === undefined ||
    isOwnSecret(
      previous,
      32,
    ), 'must be the random SECRET_KEY before this one, not a well-known value; leave it out if there was none');
  require('DATABASE_URL', values.DATABASE_URL !==
    undefined, 'must be set, such as postgresql://user:password@host:5432/nurture');
  require('TEMPORAL_ADDRESS', values.TEMPORAL_ADDRESS !==
    undefined, 'must be set to host:port, such as temporal.example.com:7233');
  require('SMTP_URL', values.SMTP_URL !== undefined, 'must be set, such as smtps://user:password@smtp.example.com:465');
  require('PUBLIC_URL', values.PUBLIC_URL?.startsWith('https://') ===
    true, 'must be set to the https address the API is reached at, such as https://nurture.example.com');
  require('MAIL_FROM', values.MAIL_FROM !==
    undefined, 'must be set to the sender, such as Example Ltd <hello@example.com>');
  require('POSTAL_ADDRESS', values.POSTAL_ADDRESS !==
    undefined, 'must be set to the postal address for the footer of mails');
  return problems;
}
