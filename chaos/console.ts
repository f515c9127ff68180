/** The console as a browser sees it: pages with forms, sent with the session of a person. */
import { closeDb, createDb } from '../src/store/db.ts';
import { openSessionOf } from '../src/store/access/sessions.ts';
import type { Answer, ChaosClient } from './client.ts';

export interface Page {
  status: number;
  text: string;
}

export interface ChaosConsole {
  page(rep: string, path: string): Promise<Page>;
  /** Presses the button twice at the same time, at both APIs: two answers to one form. */
  pressTwice(rep: string, path: string, fields: readonly (readonly [string, string])[]): Promise<[Answer, Answer]>;
}

/** Signs these reps in, before anything is shot at. */
export async function openConsole(
  client: ChaosClient,
  databaseUrl: string,
  reps: readonly string[],
): Promise<ChaosConsole> {
  const cookies = new Map<string, string>();
  const db = createDb(databaseUrl, { max: 1 });
  try {
    for (const rep of reps) {
      const session = await openSessionOf(db, `${rep}@sales.example`, new Date());
      if (session === null) throw new Error(`Nobody can sign in as ${rep}`);
      cookies.set(rep, `nurture_session=${session}`);
    }
  } finally {
    await closeDb(db);
  }
  const cookieOf = (rep: string): string => cookies.get(rep) ?? '';
  return {
    async page(rep, path) {
      const { status, text } = await client.ask({ method: 'GET', path, cookie: cookieOf(rep) });
      return { status, text };
    },
    pressTwice(rep, path, fields) {
      const press = (): Promise<Answer> =>
        client.ask({ method: 'POST', path, cookie: cookieOf(rep), form: fields, timeoutMs: 60_000 });
      return Promise.all([press(), press()]);
    },
  };
}

/** The first value of a hidden field of the page. */
export function hidden(text: string, name: string): string {
  return valuesOf(text, name)[0] ?? '';
}

/** All values of inputs of a name. */
export function valuesOf(text: string, name: string): string[] {
  return [...text.matchAll(new RegExp(`name="${name}"\\s+value="([^"]*)"`, 'g'))].map(([, value]) => value ?? '');
}

/** A form that was carried out leads on to a page; the record knows that as any other success. */
export function statusOf({ status }: Answer): number {
  return status === 303 ? 200 : status;
}
