/** What a check of the sender found. `unknown`: it cannot be told from here. */
export interface Finding {
  check: 'SPF' | 'DKIM' | 'DMARC' | 'rDNS' | 'TLS' | 'MX' | 'List headers' | 'Delivery' | 'Return';
  /** The sender of settings.yaml that it is about; without it that of MAIL_FROM. */
  sender?: string;
  status: 'ok' | 'warning' | 'failed' | 'unknown';
  /** What is so, in plain words. */
  says: string;
  /** What to do about it. */
  mend?: string;
}

/** DNS, as far as the checks ask it. Each rejects as node:dns does where there is no record. */
export interface Resolver {
  resolveTxt(name: string): Promise<string[][]>;
  resolveMx(name: string): Promise<{ exchange: string; priority: number }[]>;
  resolve4(name: string): Promise<string[]>;
  resolve6(name: string): Promise<string[]>;
  reverse(ip: string): Promise<string[]>;
}

const ABSENT = new Set(['ENOTFOUND', 'ENODATA']);

/** The records, none where there are none. @throws Error: DNS itself does not answer */
export async function orNone<T>(asked: Promise<T[]>): Promise<T[]> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Error && 'code' in error && ABSENT.has(String(error.code))) return [];
    throw error;
  }
}

export async function textsAt(dns: Resolver, name: string): Promise<string[]> {
  return (await orNone(dns.resolveTxt(name))).map((parts) => parts.join(''));
}
