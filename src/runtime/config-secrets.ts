/** What a secret has to be, and where the well-known ones of development may be used: on this machine alone. */
import type { FieldError } from '../domain/errors.ts';
import { DEVELOPMENT_ADMIN_KEY, DEVELOPMENT_SECRET_KEY } from './development-keys.ts';
import type { EnvironmentValues } from './environment.ts';

const KNOWN_KEYS = /^\s*(dev-|development-|change-?me|secret|example)/i;
/** Fewer different characters are a pattern, not a random key. */
const FEWEST_CHARACTERS = 8;

/** Whether it can be a random secret: long enough, without spaces around it, no well-known one, no mere pattern. */
export function isOwnSecret(secret: string, minLength: number): boolean {
  return (
    secret.length >= minLength &&
    secret === secret.trim() &&
    !KNOWN_KEYS.test(secret) &&
    new Set(secret).size >= FEWEST_CHARACTERS
  );
}

/** Whether only this machine reaches the host. An IPv6 address may stand in brackets. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

/** Development's secrets are in the README: whatever other machines reach, or is reached on others, needs own ones. */
export function exposureProblems(values: EnvironmentValues): FieldError[] {
  const beyond = beyondThisMachine(values);
  if (beyond === null) return [];
  const because = `because ${beyond} goes beyond this machine, where the well-known key of development must not be used`;
  const problems: FieldError[] = [];
  const { ADMIN_API_KEY: admin = DEVELOPMENT_ADMIN_KEY, SECRET_KEY: secret = DEVELOPMENT_SECRET_KEY } = values;
  if (KNOWN_KEYS.test(admin))
    problems.push({
      path: 'ADMIN_API_KEY',
      message: `must be a key of your own (make one with \`openssl rand -hex 24\`), ${because}`,
    });
  if (KNOWN_KEYS.test(secret))
    problems.push({
      path: 'SECRET_KEY',
      message: `must be a secret of your own (make one with \`openssl rand -hex 32\`), ${because}`,
    });
  return problems;
}

/** The first variable that names another machine, or lets others in; null when all stays on this one. */
function beyondThisMachine(values: EnvironmentValues): string | null {
  if (!isLoopback(values.HOST)) return `HOST=${values.HOST}`;
  for (const name of ['PUBLIC_URL', 'DATABASE_URL', 'SMTP_URL'] as const) {
    const url = values[name];
    if (url !== undefined && !isLoopback(new URL(url).hostname)) return name;
  }
  const temporal = values.TEMPORAL_ADDRESS;
  return temporal === undefined || isLoopback(temporal.replace(/:\d+$/, '')) ? null : 'TEMPORAL_ADDRESS';
}
