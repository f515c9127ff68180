/** A way to a server whose host can vanish: nothing comes or goes any more, and no connection is told. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy extends AsyncDisposable {
  /** The server's address, by way of the proxy. */
  readonly url: string;
  /** The next piece to the server that has this text gets there, and nothing after it either way, on any connection. */
  vanishAfter(text: string): Promise<void>;
  /** Connections that begin now get through; what was lost stays lost. */
  heal(): void;
}

export async function openTcpProxy(serverUrl: string): Promise<TcpProxy> {
  const url = new URL(serverUrl);
  const target = { host: url.hostname, port: Number(url.port) };
  /** Connections whose peers still hear of each other. */
  const alive = new Set<Socket>();
  const sockets = new Set<Socket>();
  let fatal: { text: string; reached: () => void } | null = null;
  let away = false;

  function forward(from: Socket, to: Socket, watched: boolean): void {
    sockets.add(from);
    from.on('error', () => {});
    from.on('data', (piece) => {
      if (!alive.has(from)) return;
      to.write(piece);
      if (!watched || fatal === null || !piece.includes(fatal.text)) return;
      fatal.reached();
      fatal = null;
      away = true;
      alive.clear();
    });
    from.on('close', () => {
      sockets.delete(from);
      if (alive.delete(from)) to.destroy();
    });
  }

  const server = createServer((client) => {
    const upstream = connect(target);
    if (!away) alive.add(client).add(upstream);
    forward(client, upstream, true);
    forward(upstream, client, false);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    vanishAfter: (text) =>
      new Promise((reached) => {
        fatal = { text, reached };
      }),
    heal() {
      away = false;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
