/** The provider by which people may sign in to the console (OpenID Connect). */
import type { FieldError } from '../domain/errors.ts';
import { isLoopback } from './config-secrets.ts';
import type { EnvironmentValues } from './environment.ts';

export interface OpenIdSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** How the secret is sent to the provider: in a header (`basic`, what the standard expects), or in the body. */
  readonly clientAuth: 'basic' | 'post';
}

export function openIdOf(values: EnvironmentValues): OpenIdSettings | null {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = values;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return null;
  return { issuer, clientId, clientSecret, clientAuth: values.OIDC_CLIENT_AUTH };
}

/** All three or none; and what a browser or this server sends to the other is not sent in the clear. */
export function openIdProblems(values: EnvironmentValues): FieldError[] {
  const needed = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const;
  const missing = needed.filter((path) => values[path] === undefined);
  if (missing.length === needed.length) return [];
  const problems: FieldError[] = missing.map((path) => ({
    path,
    message: `must be set together with ${needed.filter((one) => one !== path).join(' and ')}`,
  }));
  if (isInTheClear(values.OIDC_ISSUER))
    problems.push({ path: 'OIDC_ISSUER', message: 'must be an https address, unless the provider is on this machine' });
  if (isInTheClear(values.PUBLIC_URL))
    problems.push({
      path: 'PUBLIC_URL',
      message: 'must be an https address where OIDC_ISSUER is set: the provider leads back to it',
    });
  return problems;
}

function isInTheClear(address: string | undefined): boolean {
  if (address === undefined) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'http:' && !isLoopback(hostname);
}
