import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { AppError } from '../../domain/errors.ts';
import type { Logger } from '../../runtime/log.ts';
import { type InboundDeps, receiveMail, sendOf } from './receive.ts';

/** Longer mails are refused: a bounce that returns a whole mail of ours stays below. */
const MAX_BYTES = 5 * 1024 * 1024;
const MAX_CLIENTS = 50;
const IDLE_MS = 60_000;

export interface InboundListener {
  port: number;
  close(): Promise<void>;
}

/**
 * The SMTP server for mails that come back (RFC 5321). It takes mail for signed addresses of sends alone, so that nobody can send
 * anything through it or to it by guessing. A mail is taken when its row is written: 250 comes after it, and 451 when it could not be.
 *
 * @throws AppError CONFIG_INVALID: the port is in use
 */
export async function startInbound(
  deps: InboundDeps & { log: Logger },
  { host, port }: { host: string; port: number },
): Promise<InboundListener> {
  const { log, domain } = deps;
  const server = new SMTPServer({
    name: domain,
    banner: 'nurture-engine',
    size: MAX_BYTES,
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    maxClients: MAX_CLIENTS,
    socketTimeout: IDLE_MS,
    disableReverseLookup: true,
    onRcptTo({ address }, session, done) {
      if (session.envelope.rcptTo.length > 0) return done(answer(452, '4.5.3 one recipient a mail'));
      done(sendOf(address, deps) === null ? answer(550, '5.1.1 no such mailbox') : null);
    },
    onData(stream, session, done) {
      take(deps, stream, session.envelope.rcptTo[0]?.address ?? '').then(
        (refusal) => done(refusal),
        (error: unknown) => {
          log.warn({ err: error }, 'an incoming mail could not be recorded; its sender was told to try again');
          done(answer(451, '4.3.0 try again later'));
        },
      );
    },
  });
  // A client that hangs up in the middle is no error of ours.
  server.on('error', (error) => log.debug({ err: error }, 'a connection of the listener for incoming mail ended'));
  const bound = await new Promise<number>((resolve, reject) => {
    const failed = (cause: Error): void =>
      reject(
        new AppError('CONFIG_INVALID', `Port ${port} cannot be used: set INBOUND_SMTP_PORT to a free port.`, { cause }),
      );
    server.server.once('error', failed);
    const net = server.listen(port, host, () => {
      server.server.off('error', failed);
      const address = net.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
  log.info({ port: bound, domain }, 'incoming mail is taken');
  return { port: bound, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function take(
  deps: InboundDeps,
  stream: NodeJS.ReadableStream & { sizeExceeded?: boolean },
  address: string,
): Promise<Error | null> {
  const raw = await buffer(stream);
  if (stream.sizeExceeded === true) return answer(552, '5.3.4 the mail is too large');
  const to = sendOf(address, deps);
  if (to === null) return answer(550, '5.1.1 no such mailbox');
  await receiveMail(deps, to, raw);
  return null;
}

function answer(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}
