import { DELIVERIES, type Delivery } from '../../domain/send-status.ts';
import type { Tx } from '../db.ts';

/**
 * Notes what became of a message after the mail server took it. A complaint outranks a bounce, and a bounce a word that it was delivered:
 * some servers say both.
 *
 * @param at On the lead's clock
 */
export async function noteDelivery(tx: Tx, sendId: string, delivery: Delivery, at: Date): Promise<void> {
  const outranked = DELIVERIES.slice(0, DELIVERIES.indexOf(delivery));
  await tx.$executeRaw`
    UPDATE sends SET delivery = ${delivery}, delivery_at = ${at}
    WHERE id = ${sendId} AND (delivery IS NULL OR delivery = ANY(${outranked}))`;
}
