/** Reads the forms of the console, once it is known who sends them. */
import express, { type Request, type Response } from 'express';

const PARSERS = {
  visitor: express.urlencoded({ limit: '64kb', extended: false, parameterLimit: 600 }),
  /** An address and a token fit into it. */
  stranger: express.urlencoded({ limit: '4kb', extended: false, parameterLimit: 10 }),
};

/** The fields are then in the body. Rejects with the error of Express for what cannot be read. */
export async function readForm(request: Request, response: Response, whose: keyof typeof PARSERS): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    PARSERS[whose](request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error('The form could not be read'));
    });
  });
}
