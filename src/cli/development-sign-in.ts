/** The link to the console that the stack prints on a developer's own machine. */
import { AppError } from '../domain/errors.ts';
import type { Config } from '../runtime/config.ts';
import { askToSignIn } from '../store/access/sign-in-links.ts';
import { firstAdmin, inviteUser } from '../store/access/users.ts';
import { withDb } from './with-db.ts';

/** Of the admin that is made where there is none. No mail reaches it. */
const ADMIN = { email: 'admin@example.com', name: 'Admin', role: 'admin' } as const;

/**
 * A link that signs an admin in to the console: once, within ten minutes, in any browser. Makes an admin if there is none.
 *
 * @param page The page of the console that it leads to, such as /console/reports; the desk without it
 * @throws AppError OFF_IN_PRODUCTION there, with a database of others
 */
export async function developmentSignIn(config: Config, page?: string): Promise<{ url: string; email: string }> {
  if (config.env === 'production' || !config.embedded.postgres)
    throw new AppError('OFF_IN_PRODUCTION', 'Only the embedded stack of development signs an admin in by a link');
  return withDb(config, async (db) => {
    const now = new Date();
    const { email } =
      (await firstAdmin(db)) ?? (await inviteUser(db, ADMIN, { actor: 'system', author: 'npm start', at: now }));
    const asked = await askToSignIn(db, email, null, now);
    if (asked === null) throw new AppError('CONFLICT', `${email} was disabled just now: start again`);
    const to = page === undefined ? '' : `?to=${page}`;
    return { url: `${config.publicUrl}/console/sign-in/${asked.token}${to}`, email };
  });
}
