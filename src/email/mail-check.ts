import { createTransport } from './transport.ts';

/** Milliseconds that a mail server has to answer. */
const WITHIN_MS = 3_000;

interface MailServer {
  smtpUrl: string;
  /** A session that is not encrypted is none. */
  requireTls?: boolean;
}

/**
 * Why the mail server takes no mail right now, in one line; null when a session can be opened, login included. Mails that are due
 * wait: this is for whoever starts the engine or looks after it.
 *
 * @throws AppError CONFIG_INVALID when the URL is not one
 */
export async function mailProblem({ smtpUrl, requireTls = false }: MailServer): Promise<string | null> {
  const transport = createTransport(smtpUrl, {
    maxConnections: 1,
    requireTls,
    connectionTimeout: WITHIN_MS,
    greetingTimeout: WITHIN_MS,
    socketTimeout: WITHIN_MS,
  });
  const verified = await transport.verify();
  await transport.close();
  return verified.ok
    ? null
    : `The mail server of SMTP_URL does not answer: ${verified.reason}. Mails wait until it does.`;
}

/** For a check that anybody may ask for: the server is asked every 10 s at most. Rejects with the problem. */
export function createMailCheck(server: MailServer, now: () => number = () => performance.now()): () => Promise<void> {
  let last: { at: number; problem: Promise<string | null> } | null = null;
  return async () => {
    if (last === null || now() - last.at > 10_000) last = { at: now(), problem: mailProblem(server) };
    const problem = await last.problem;
    if (problem !== null) throw new Error(problem);
  };
}
