import { presentablePhone } from '../../domain/stated-words.ts';
import { callAddress } from '../../store/capture/phone.ts';

/** A phone as a page shows it; `call` is the address of a link that calls it, null where it is no number that can be called. */
export function phoneOf(stated: string | null): { phone: string | null; call: string | null } {
  const phone = presentablePhone(stated);
  return { phone, call: phone === null ? null : callAddress(phone) };
}
