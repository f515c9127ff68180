import { createConnection } from 'node:net';

/** A greeting and an answer to EHLO are far shorter. */
const MOST_CHARACTERS = 10_000;

/**
 * Whether a mail server that begins plainly offers STARTTLS in its answer to EHLO (RFC 3207). Null: it cannot be told, as it does not answer
 * so. A server that does not offer it may take the command all the same, and then know no certificate.
 */
export function offersStarttls(host: string, port: number, withinMs: number): Promise<boolean | null> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    let said = '';
    let hasAsked = false;
    const answer = (offers: boolean | null): void => {
      resolve(offers);
      socket.end('QUIT\r\n');
    };
    socket.setEncoding('latin1');
    socket.setTimeout(withinMs, () => socket.destroy());
    socket.on('error', () => resolve(null));
    socket.on('close', () => resolve(null));
    socket.on('data', (text: string) => {
      said += text;
      if (said.length > MOST_CHARACTERS) return socket.destroy();
      const [greeting, reply] = repliesIn(said);
      if (greeting === undefined) return;
      if (!greeting.every((line) => line.startsWith('220'))) return answer(null);
      if (!hasAsked) {
        hasAsked = true;
        socket.write('EHLO doctor.invalid\r\n');
      }
      if (reply === undefined) return;
      const isTaken = reply.every((line) => line.startsWith('250'));
      answer(isTaken ? reply.some((line) => /^250[ -]STARTTLS\s*$/i.test(line)) : null);
    });
  });
}

/** The whole replies of a server, each as its lines: the last one has a space after the code. */
function repliesIn(said: string): string[][] {
  const replies: string[][] = [];
  let lines: string[] = [];
  for (const line of said.split('\n').slice(0, -1)) {
    lines.push(line.trimEnd());
    if (!/^\d{3}(?: |\s*$)/.test(line)) continue;
    replies.push(lines);
    lines = [];
  }
  return replies;
}
