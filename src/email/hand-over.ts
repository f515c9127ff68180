import type { Readable } from 'node:stream';

/**
 * Records whether a message began to leave. This decides between "try again" and "never repeat".
 *
 * Nodemailer's SMTP connection pipes the stream that `message.createReadStream()` returned into the socket after the
 * server's 354 answer to DATA, and reads it nowhere else. Composing and DKIM signing fill the buffers of the streams
 * behind it long before, so the place to look is the far end: `readableDidRead` of that very stream.
 */
export class HandOver {
  readonly #streams: Readable[] = [];
  #prevented = false;

  /** Watches every stream that is made of `message`. */
  watch(message: { createReadStream(options?: object): Readable }): void {
    const create = message.createReadStream.bind(message);
    message.createReadStream = (options) => {
      const stream = create(options);
      this.#streams.push(stream);
      if (this.#prevented) stream.destroy();
      return stream;
    };
  }

  /** True from the moment the first byte of the message was taken to be put on the wire. */
  began(): boolean {
    return this.#streams.some((stream) => stream.readableDidRead);
  }

  /** Makes sure that a message which has not begun to leave never does. */
  prevent(): void {
    this.#prevented = true;
    for (const stream of this.#streams) stream.destroy();
  }
}
