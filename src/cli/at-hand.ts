import { connect } from 'node:net';

const PATIENCE_MS = 500;

/** Whether something listens at the address of a URL. */
export async function answersAt(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  const standard = protocol.startsWith('postgres') ? 5432 : protocol === 'https:' ? 443 : 80;
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, '') || 'localhost',
    port: port === '' ? standard : Number(port),
    timeout: PATIENCE_MS,
  });
  return new Promise((resolve) => {
    const answer = (listens: boolean): void => {
      socket.destroy();
      resolve(listens);
    };
    socket.once('connect', () => answer(true));
    socket.once('timeout', () => answer(false));
    socket.once('error', () => answer(false));
  });
}
