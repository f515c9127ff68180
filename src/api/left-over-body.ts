import type { RequestHandler } from 'express';

/** After its answer a request has this long to come in. */
const LEFT_OVER_MS = 2_000;

/**
 * Who is refused before their body is read may never send it: without this they would hold the connection until the time of a request is over. Not
 * closed at once, as a client that is still sending would not see the answer.
 */
export const closeOnLeftOver: RequestHandler = (request, response, next) => {
  response.once('finish', () => {
    if (request.complete) return;
    const { socket } = request;
    setTimeout(() => {
      if (!request.complete) socket.destroy();
    }, LEFT_OVER_MS).unref();
  });
  next();
};
