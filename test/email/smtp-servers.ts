import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** Servers for the transport tests: a real one, and one that misbehaves by script. */

export interface TestSmtp {
  url: string;
  /** Messages that arrived up to the final dot. */
  received: string[];
  /** Drops every connection at once, as a crash would. */
  drop(): void;
  close(): Promise<void>;
}

export async function startSmtp(options: SMTPServerOptions = {}): Promise<TestSmtp> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    closeTimeout: 10,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        received.push(Buffer.concat(chunks).toString());
        done();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  server.server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const drop = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    url: urlOf(server.server.address()),
    received,
    drop,
    close: () =>
      new Promise((resolve) => {
        drop();
        server.close(() => resolve());
      }),
  };
}

/** A reply line, or what happens instead of one. */
export type Reply = `${number} ${string}` | 'drop' | 'hang';

export interface Script {
  greeting?: Reply;
  ehlo?: Reply;
  mail?: Reply;
  rcpt?: Reply;
  data?: Reply;
  /** As soon as the first bytes of the message arrive. */
  body?: 'drop' | 'hang';
  dot?: Reply;
}

/** A server that speaks just enough SMTP to go wrong at a chosen moment. Commands come one at a time, no pipelining. */
export async function startScripted(script: Script): Promise<TestSmtp> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    const answer = (reply: Reply): void => {
      if (reply === 'drop') socket.destroy();
      else if (reply !== 'hang') socket.write(`${reply}\r\n`);
    };
    let message: string | null = null;
    let buffer = '';
    answer(script.greeting ?? '220 test');
    socket.on('data', (chunk) => {
      buffer += chunk.toString();
      if (message !== null) {
        message += buffer;
        buffer = '';
        if (script.body !== undefined) return answer(script.body);
        if (!message.endsWith('\r\n.\r\n')) return;
        received.push(message);
        message = null;
        return answer(script.dot ?? '250 ok');
      }
      let end = buffer.indexOf('\r\n');
      while (end !== -1) {
        const command = buffer.slice(0, end).toUpperCase();
        buffer = buffer.slice(end + 2);
        if (command.startsWith('EHLO') || command.startsWith('HELO')) answer(script.ehlo ?? '250 test');
        else if (command.startsWith('MAIL')) answer(script.mail ?? '250 ok');
        else if (command.startsWith('RCPT')) answer(script.rcpt ?? '250 ok');
        else if (command === 'DATA') {
          const reply = script.data ?? '354 go';
          if (reply.startsWith('3')) message = '';
          answer(reply);
        } else answer('250 ok');
        end = buffer.indexOf('\r\n');
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const drop = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    url: urlOf(server.address()),
    received,
    drop,
    close: () =>
      new Promise((resolve) => {
        drop();
        server.close(() => resolve());
      }),
  };
}

function urlOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `smtp://127.0.0.1:${address.port}`;
}
