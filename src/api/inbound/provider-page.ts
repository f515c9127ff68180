import { AppError } from '../../domain/errors.ts';

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 100_000;

/**
 * The text at an address of a provider: its certificate, or what confirms a subscription. The adapter has checked whose address it is, and
 * no redirect leads elsewhere.
 *
 * @throws AppError UNAVAILABLE: the provider is to send it again
 */
export async function readProviderPage(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!answer.ok || Number(answer.headers.get('content-length') ?? 0) > MOST_BYTES)
      throw new Error(`It answered ${answer.status}`);
    return (await answer.text()).slice(0, MOST_BYTES);
  } catch (cause) {
    throw new AppError('UNAVAILABLE', 'The provider’s own page could not be read; send it again', { cause });
  }
}
