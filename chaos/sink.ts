/**
 * The mail server, a process of its own: writes each message down before it answers, and misbehaves when told to. Spoken
 * by hand, as no library lets a server fail at every place of the conversation.
 */
import { openSync, writeSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { type MailRecord, readMisbehaviour } from './mail-record.ts';
import type { SmtpTrouble } from './plan.ts';
import { trackedLinks } from './tracked-links.ts';

const { CHAOS_SMTP_PORT = '0', CHAOS_MAILS = '', CHAOS_MISBEHAVIOUR = '' } = process.env;
const record = openSync(CHAOS_MAILS, 'a');

function write(mail: Omit<MailRecord, 'at'>): void {
  writeSync(record, `${JSON.stringify({ at: Date.now(), ...mail })}\n`);
}

/** Twice up to this passes between the end of a message and the answer. */
const SLOW_MS = 250;

/** The trouble of the next message, drawn when its envelope begins. */
function draw(): SmtpTrouble | null {
  const { trouble, share } = readMisbehaviour(CHAOS_MISBEHAVIOUR);
  return Math.random() < share ? trouble : null;
}

class Conversation {
  private readonly socket: Socket;
  private buffer = '';
  private inData = false;
  private to = '';
  private trouble: SmtpTrouble | null = null;

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

  /** A message that never came in, for the count of what went wrong. */
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
      case 'MAIL':
        return this.begin();
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

  private begin(): void {
    this.trouble = draw();
    if (this.trouble !== '421') return this.say('250 ok');
    this.note('421');
    this.say('421 4.3.2 too busy');
    this.socket.end();
  }

  private address(line: string): void {
    this.to = /<([^>]*)>/.exec(line)?.[1] ?? '';
    if (this.trouble === 'hang') return this.note('hang');
    if (this.trouble === '450') {
      this.note('450');
      return this.say('450 4.2.1 not now');
    }
    // Of a lead only: a rep whose address is refused is told nothing any more, which is another story.
    if (this.trouble === '550' && this.to.endsWith('@chaos.example')) {
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
      write({ ...mail, fate: Math.random() < 0.5 ? 'taken' : 'lost', answer: this.trouble });
      if (this.trouble === 'drop-after-data') this.socket.destroy();
      return;
    }
    // Neither the keeping nor the answer is instant: whoever dies meanwhile leaves a message that nobody can be sure of.
    setTimeout(() => {
      if (this.socket.destroyed) return;
      write({ ...mail, fate: 'taken', answer: '250' });
      setTimeout(() => this.say('250 taken'), Math.random() * SLOW_MS);
    }, Math.random() * SLOW_MS);
  }
}

const server = createServer((socket) => new Conversation(socket));
server.listen(Number(CHAOS_SMTP_PORT), '127.0.0.1', () => process.send?.('ready'));
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
