import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { AppError } from '../../domain/errors.ts';
import { MAX_BYTES as READ_BYTES } from '../../email/inbound/read-mail.ts';
import type { Logger } from '../../runtime/log.ts';
import { isFlood } from '../../store/inbound/keep-mail.ts';
import type { Certificate } from './certificate.ts';
import { type IncomingMail, type InboundDeps, receiveMail, sendOf } from './receive.ts';

/** Longer mails are refused: a bounce that returns a whole mail of ours stays below. */
const MAX_BYTES = 5 * 1024 * 1024;
const MAX_CLIENTS = 100;
/** Connections of one address at once, so that nobody holds them all; a relay of yours has room. */
const MAX_OF_PEER = 20;
const IDLE_MS = 30_000;
/** A connection ends after so long, whatever it does. */
const SESSION_MS = 120_000;

export interface InboundListener {
  port: number;
  /** Connections from now on see this certificate. Only where one was given at the start. */
  renew(certificate: Certificate): void;
  close(): Promise<void>;
}

/**
 * The SMTP server for mails that come back (RFC 5321). It takes mail for signed addresses of sends alone, so that nobody can send
 * anything through it or to it by guessing. A mail is taken when its row is written: 250 comes after it, and 451 when it could not be.
 * With a certificate it offers STARTTLS (RFC 3207); nobody has to use it, as mail servers do not.
 *
 * @throws AppError CONFIG_INVALID: the port is in use
 */
export async function startInbound(
  deps: InboundDeps & { log: Logger },
  { host, port, certificate = null }: { host: string; port: number; certificate?: Certificate | null },
): Promise<InboundListener> {
  const { log, domain } = deps;
  const server = new SMTPServer({
    name: domain,
    banner: 'nurture-engine',
    size: MAX_BYTES,
    authOptional: true,
    disabledCommands: certificate === null ? ['AUTH', 'STARTTLS'] : ['AUTH'],
    ...certificate,
    maxClients: MAX_CLIENTS,
    socketTimeout: IDLE_MS,
    disableReverseLookup: true,
    onRcptTo({ address }, session, done) {
      if (session.envelope.rcptTo.length > 0) return done(answer(452, '4.5.3 one recipient a mail'));
      refusalOf(deps, address).then(done, () => done(answer(451, '4.3.0 try again later')));
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
  server.server.on('connection', limitPeers());
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
  return {
    port: bound,
    renew: ({ cert, key }) => server.updateSecureContext({ cert, key }),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Cuts off who has too many connections, and each after its time. */
function limitPeers(): (socket: Socket) => void {
  const open = new Map<string, number>();
  return (socket) => {
    const peer = socket.remoteAddress ?? '';
    const count = (open.get(peer) ?? 0) + 1;
    open.set(peer, count);
    const end = setTimeout(() => socket.destroy(), SESSION_MS);
    socket.once('close', () => {
      clearTimeout(end);
      const left = (open.get(peer) ?? 1) - 1;
      if (left === 0) open.delete(peer);
      else open.set(peer, left);
    });
    if (count > MAX_OF_PEER) socket.destroy();
  };
}

/** Why nothing is taken for this address; null: it is. */
async function refusalOf(deps: InboundDeps, address: string): Promise<Error | null> {
  const to = await sendOf(address, deps);
  if (to === null) return answer(550, '5.1.1 no such mailbox');
  const flood = await isFlood(deps.store, to.sendId);
  return flood ? answer(450, '4.2.1 too many mails for this mailbox, try again later') : null;
}

async function take(
  deps: InboundDeps,
  stream: AsyncIterable<Buffer> & { sizeExceeded?: boolean },
  address: string,
): Promise<Error | null> {
  const mail = await beginningOf(stream);
  if (stream.sizeExceeded === true) return answer(552, '5.3.4 the mail is too large');
  const to = await sendOf(address, deps);
  if (to === null) return answer(550, '5.1.1 no such mailbox');
  await receiveMail(deps, () => Promise.resolve(to), mail);
  return null;
}

/** Keeps no more than is read, however much comes. */
async function beginningOf(stream: AsyncIterable<Buffer>): Promise<IncomingMail> {
  const hash = createHash('sha256');
  const kept: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    hash.update(chunk);
    if (bytes < READ_BYTES) kept.push(chunk.subarray(0, READ_BYTES - bytes));
    bytes += chunk.length;
  }
  return { raw: Buffer.concat(kept), digest: hash.digest('hex') };
}

function answer(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}
