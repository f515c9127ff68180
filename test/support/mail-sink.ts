/** A real SMTP server for tests: keeps what it took, in the order it took it, and can be told to misbehave. */
import { EventEmitter } from 'node:events';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { PATIENCE_MS } from './patience.ts';

export interface ReceivedMail {
  to: string;
  subject: string;
  html: string;
  text: string;
  /** `X-Nurture-Send`. */
  sendId: string;
  headers: ParsedMail['headers'];
  date: Date;
}

/** What the server does with the next messages: null, or an SMTP answer given instead of accepting. */
export type Behavior = (message: { to: string }) => { code: number; text: string } | null;

export interface MailSink extends AsyncDisposable {
  readonly url: string;
  readonly mails: readonly ReceivedMail[];
  to(address: string): ReceivedMail[];
  /** Resolves with the mails to an address as soon as there are that many. */
  waitFor(address: string, count: number, timeoutMs?: number): Promise<ReceivedMail[]>;
  behave(behavior: Behavior | null): void;
  /** The same in answer to RCPT TO. */
  behaveAtRcpt(behavior: Behavior | null): void;
  /** Resolves when the first bytes of a message to an address have come in. */
  begins(address: string): Promise<void>;
  close(): Promise<void>;
}

export async function startMailSink(): Promise<MailSink> {
  const mails: ReceivedMail[] = [];
  const listeners = new Set<() => void>();
  const begun = new EventEmitter();
  let behavior: Behavior | null = null;
  let atRcpt: Behavior | null = null;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onRcptTo({ address: to }, _session, done) {
      const answer = atRcpt?.({ to }) ?? null;
      done(answer === null ? null : Object.assign(new Error(answer.text), { responseCode: answer.code }));
    },
    onData(stream, session, done) {
      const to = session.envelope.rcptTo[0]?.address ?? '';
      stream.once('data', () => begun.emit(to));
      simpleParser(stream).then(
        (parsed) => {
          const answer = behavior?.({ to }) ?? null;
          if (answer !== null) return done(Object.assign(new Error(answer.text), { responseCode: answer.code }));
          mails.push({
            to,
            subject: parsed.subject ?? '',
            html: parsed.html === false ? '' : parsed.html,
            text: parsed.text ?? '',
            sendId: textOf(parsed.headers.get('x-nurture-send')),
            headers: parsed.headers,
            date: parsed.date ?? new Date(0),
          });
          done();
          for (const listener of listeners) listener();
        },
        (error: unknown) => done(error instanceof Error ? error : new Error('unreadable')),
      );
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const to = (whom: string): ReceivedMail[] => mails.filter((mail) => mail.to === whom);
  const close = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    to,
    behave: (next) => {
      behavior = next;
    },
    behaveAtRcpt: (next) => {
      atRcpt = next;
    },
    begins: (whom) => new Promise((resolve) => begun.once(whom, resolve)),
    waitFor: (whom, count, timeoutMs = PATIENCE_MS) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          listeners.delete(look);
          reject(new Error(`${to(whom).length} of ${count} mails to ${whom} in ${timeoutMs} ms`));
        }, timeoutMs);
        const look = (): void => {
          if (to(whom).length < count) return;
          clearTimeout(timer);
          listeners.delete(look);
          resolve(to(whom));
        };
        listeners.add(look);
        look();
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function textOf(header: unknown): string {
  return typeof header === 'string' ? header : '';
}
