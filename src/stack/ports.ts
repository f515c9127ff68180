/** TCP ports: is one free, which one is, and the one clear line when it is not. */
import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { createServer, connect } from 'node:net';

import { AppError } from '../domain/errors.ts';

export interface PortUse {
  port: number;
  /** What will listen there, in words: `the HTTP API`. */
  purpose: string;
  /** The environment variable that moves it. */
  variable: string;
}

/**
 * Makes sure that every port can be had.
 *
 * @throws AppError STACK_FAILED naming the first busy port and the variable that sets it
 */
export async function requireFreePorts(uses: readonly PortUse[]): Promise<void> {
  const seen = new Map<number, PortUse>();
  for (const use of uses) {
    const other = seen.get(use.port);
    if (other !== undefined) {
      throw new AppError(
        'STACK_FAILED',
        `Port ${use.port} is set for both ${other.purpose} (${other.variable}) and ${use.purpose} (${use.variable}): give one of them another port.`,
      );
    }
    seen.set(use.port, use);
    if (!(await isFree(use.port))) {
      throw new AppError(
        'STACK_FAILED',
        `Port ${use.port}, wanted for ${use.purpose}, is in use by another program: stop that program, or set ${use.variable} to a free port.`,
      );
    }
  }
}

/** Whether a server could listen on this port, on the loopback address and on all. */
export async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, undefined));
}

/**
 * `count` different ports that are free and claimed by this process, from below the range that systems hand out by
 * themselves: no outgoing connection takes them later, and they fit the 16 signed bits that Temporal keeps ports in.
 */
export async function findFreePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = randomInt(20_000, 32_000);
    if (!claims.has(port) && (await claimPort(port)) && (await isFree(port))) ports.push(port);
  }
  return ports;
}

/** What this process claimed, each with the UDP socket that says so to others. */
const claims = new Map<number, Socket>();

/**
 * Whether a TCP port is this process's to hand out, from now to its end: seconds pass until the program it is for
 * listens, and another process that looks for one must not find it free meanwhile. The sign is the UDP port of the
 * same number: the system grants it to one process at a time and takes it back however that ends.
 */
export async function claimPort(port: number): Promise<boolean> {
  if (claims.has(port)) return true;
  const socket = createSocket('udp4').unref();
  const bound = await new Promise<boolean>((resolve) => {
    socket.once('error', () => resolve(false));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(true));
  });
  if (bound) claims.set(port, socket);
  else socket.close();
  return bound;
}

const STACK_PORTS = [
  'PORT',
  'POSTGRES_PORT',
  'TEMPORAL_PORT',
  'TEMPORAL_UI_PORT',
  'SMTP_PORT',
  'MAIL_UI_PORT',
  'WORKER_METRICS_PORT',
] as const;

/** Settings that put all of a stack on free ports, beside whatever runs on this machine. */
export async function freePortSettings(): Promise<Record<(typeof STACK_PORTS)[number], string>> {
  const ports = await findFreePorts(STACK_PORTS.length);
  const settings = STACK_PORTS.map((name, n) => [name, String(ports[n])]);
  return Object.fromEntries(settings) as Record<(typeof STACK_PORTS)[number], string>;
}

/** Whether something accepts connections there. */
export function accepts(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1_000 });
    const answer = (value: boolean): void => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', () => answer(true));
    socket.once('timeout', () => answer(false));
    socket.once('error', () => answer(false));
  });
}

async function canListen(port: number, host: string | undefined): Promise<boolean> {
  try {
    const server = await listen(port, host);
    await new Promise((resolve) => server.close(resolve));
    return true;
  } catch (error) {
    // A machine without IPv6 refuses the address, not the port.
    return error instanceof Error && 'code' in error && error.code === 'EAFNOSUPPORT';
  }
}

function listen(port: number, host: string | undefined): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}
