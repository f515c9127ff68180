/**
 * The mail server of a chaos run, a process of its own. It records each message before it answers, and misbehaves on instruction;
 * the seed says with which messages. SMTP is written by hand here: no library lets a server fail at every point of the dialog.
 */
import { openSync, writeSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { type MailRecord, readMails, readMisbehavior } from './mail-record.ts';
import { type Handling, handlingOf, LEAD_DOMAIN_END, type SmtpTrouble } from './plan.ts';
import { trackedLinks } from './tracked-links.ts';

const { CHAOS_SEED = '0', CHAOS_SMTP_PORT = '0', CHAOS_MAILS = '', CHAOS_MISBEHAVIOR = '' } = process.env;
const record = openSync(CHAOS_MAILS, 'a');

function write(mail: Omit<MailRecord, 'at'>): void {
  writeSync(record, `${JSON.stringify({ at: Date.now(), ...mail })}\n`);
}

/** The number of messages of each address. After a restart it is read from the record. */
const tries = new Map([...Map.groupBy(readMails(CHAOS_MAILS), ({ to }) => to)].map(([to, own]) => [to, own.length]));

/** How the server treats the next message for this address. */
function nextHandling(to: string): Handling {
  const before = tries.get(to) ?? 0;
  tries.set(to, before + 1);
  return handlingOf(Number(CHAOS_SEED), to, before);
}

/** How the server misbehaves with a message, once its recipient is known. */
function troubleFor({ draw }: Handling): SmtpTrouble | null {
  const { trouble, share } = readMisbehavior(CHAOS_MISBEHAVIOR);
  return draw < share ? trouble : null;
}

class Conversation {
  private readonly socket: Socket;
  private buffer = '';
  private inData = false;
  private to = '';
  private trouble: SmtpTrouble | null = null;
  private handling: Handling = handlingOf(0, '', 0);

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1');
    socket.on('error', () => {});
    socket.on('data', (chunk: string) => {
      this.buffer += chunk;
      this.read();
    });
    this.say('220 chaos');
  }

  private say(line: string): void {
    this.socket.write(`${line}\r\n`);
  }

  /** Records a message that never arrived, for the counts. */
  private note(answer: SmtpTrouble): void {
    write({ to: this.to, sendId: '', fate: 'refused', answer });
  }

  private read(): void {
    while (!this.socket.destroyed) {
      const end = this.buffer.indexOf(this.inData ? '\r\n.\r\n' : '\r\n');
      if (end < 0) return;
      const text = this.buffer.slice(0, end);
      this.buffer = this.buffer.slice(end + (this.inData ? 5 : 2));
      if (this.inData) this.take(text);
      else this.obey(text);
    }
  }

  private obey(line: string): void {
    const verb = line.slice(0, 4).toUpperCase();
    switch (verb) {
      case 'EHLO':
        return this.say('250 chaos');
      case 'RCPT':
        return this.address(line);
      case 'DATA':
        if (this.trouble === 'drop-before-data') {
          this.note('drop-before-data');
          this.socket.destroy();
          return;
        }
        this.inData = true;
        return this.say('354 go on');
      case 'QUIT':
        this.say('221 bye');
        this.socket.end();
        return;
      default:
        return this.say('250 ok');
    }
  }

  private address(line: string): void {
    this.to = /<([^>]*)>/.exec(line)?.[1] ?? '';
    this.handling = nextHandling(this.to);
    this.trouble = troubleFor(this.handling);
    if (this.trouble === '421') {
      this.note('421');
      this.say('421 4.3.2 too busy');
      this.socket.end();
      return;
    }
    if (this.trouble === 'hang') return this.note('hang');
    if (this.trouble === '450') {
      this.note('450');
      return this.say('450 4.2.1 not now');
    }
    // Only addresses of leads are refused: a rep with a suppressed address would get no brief, which this run does not test.
    if (this.trouble === '550' && this.to.endsWith(LEAD_DOMAIN_END)) {
      this.note('550');
      return this.say('550 5.1.1 no such mailbox');
    }
    this.say('250 ok');
  }

  private take(text: string): void {
    this.inData = false;
    const sendId = /^x-nurture-send: *(\S+)/im.exec(text)?.[1] ?? '';
    const mail = { to: this.to, sendId, links: trackedLinks(text) };
    if (this.trouble === 'drop-after-data' || this.trouble === 'hang-after-data') {
      write({ ...mail, fate: this.handling.isKept ? 'taken' : 'lost', answer: this.trouble });
      if (this.trouble === 'drop-after-data') this.socket.destroy();
      return;
    }
    const { keptAfterMs, answeredAfterMs } = this.handling;
    setTimeout(() => {
      if (this.socket.destroyed) return;
      write({ ...mail, fate: 'taken', answer: '250' });
      setTimeout(() => this.say('250 taken'), answeredAfterMs);
    }, keptAfterMs);
  }
}

const server = createServer((socket) => new Conversation(socket));
server.listen(Number(CHAOS_SMTP_PORT), '127.0.0.1', () => process.send?.('ready'));
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
