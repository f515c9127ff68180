/** The secrets that webhook steps sign with: WEBHOOK_SECRET, and WEBHOOK_SECRET_<NAME> for steps that name one. */
import type { FieldError } from '../domain/errors.ts';

const VARIABLE = /^WEBHOOK_SECRET(?:_([A-Z0-9_]+))?$/;

/** By name; the empty name is that of WEBHOOK_SECRET. */
export function webhookSecrets(given: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const found = Object.entries(given).flatMap(([variable, value]) => {
    const match = VARIABLE.exec(variable);
    return match === null || value === undefined ? [] : [[match[1] ?? '', value] as const];
  });
  return Object.fromEntries(found);
}

/** Secrets that cannot be signed with, or that are too short to be any. */
export function webhookProblems(secrets: Readonly<Record<string, string>>): FieldError[] {
  return Object.entries(secretVariables(secrets))
    .filter(([, secret]) => !isSecret(secret))
    .map(([path]) => ({
      path,
      message: 'must be "whsec_" and at least 24 random bytes in base64: echo "whsec_$(openssl rand -base64 32)"',
    }));
}

/** As environment variables. */
export function secretVariables(secrets: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, secret]) => [`WEBHOOK_SECRET${name === '' ? '' : `_${name}`}`, secret]),
  );
}

function isSecret(secret: string): boolean {
  const base64 = secret.replace(/^whsec_/, '');
  return /^[A-Za-z0-9+/]+=*$/.test(base64) && Buffer.from(base64, 'base64').length >= 24;
}
