import { SIT_OUT } from '../domain/budgets.ts';
import { outageOf } from '../runtime/outage.ts';

/**
 * The message has left. Losing its outcome because the database is down for a moment would put it in doubt, so writing is retried.
 * Each try reads everything again, because a failed transaction has changed the picture in memory.
 */
export async function sitOut<T>(work: (isFirst: boolean) => Promise<T>): Promise<T> {
  const until = Date.now() + SIT_OUT;
  for (let pauseMs = 250; ; pauseMs *= 2) {
    try {
      return await work(pauseMs === 250);
    } catch (error) {
      if (outageOf(error) === null || Date.now() + pauseMs > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
