/** TCP ports: checks whether a port is free, finds free ones, and says clearly when one is taken. */
import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { createServer, connect } from 'node:net';

import { AppError } from '../domain/errors.ts';

export interface PortUse {
  port: number;
  /** The service that will listen there, in words: `the HTTP API`. */
  purpose: string;
  /** The environment variable that sets this port. */
  variable: string;
}

/**
 * Makes sure that every port is free.
 *
 * @throws AppError STACK_FAILED naming every busy port and the variable that sets it
 */
export async function requireFreePorts(uses: readonly PortUse[]): Promise<void> {
  const seen = new Map<number, PortUse>();
  const taken: PortUse[] = [];
  for (const use of uses) {
    const other = seen.get(use.port);
    if (other !== undefined) {
      throw new AppError(
        'STACK_FAILED',
        `Port ${use.port} is set for both ${other.purpose} (${other.variable}) and ${use.purpose} (${use.variable}): give one of them another port.`,
      );
    }
    seen.set(use.port, use);
    if (!(await isFree(use.port))) taken.push(use);
  }
  const [first, ...more] = taken;
  if (first === undefined) return;
  throw new AppError(
    'STACK_FAILED',
    more.length === 0
      ? `Port ${first.port}, wanted for ${first.purpose}, is in use by another program: stop that program, or set ${first.variable} to a free port.`
      : `Ports are in use by other programs: ${taken.map(({ port, purpose, variable }) => `${port} (${purpose}, ${variable})`).join(', ')}. Stop these programs, or set the variables to free ports.`,
  );
}

/** Whether a server could listen on this port, both on the loopback address and on all addresses. */
export async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, undefined));
}

/**
 * Returns `count` different free ports and reserves them for this process. They are below the range that systems use for outgoing
 * connections, so no connection takes them later, and they fit the 16 signed bits in which Temporal keeps ports.
 */
export async function findFreePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = randomInt(20_000, 32_000);
    if (!reserved.has(port) && (await reservePort(port)) && (await isFree(port))) ports.push(port);
  }
  return ports;
}

/** The ports that this process has reserved, each with the UDP socket that tells other processes. */
const reserved = new Map<number, Socket>();

/**
 * Reserves a TCP port for this process until the process ends. Seconds pass until a program listens on the port, and another process
 * must not find it free in the meantime. The reservation is the UDP port of the same number: the system gives it to one process at a time
 * and frees it however that process ends.
 */
export async function reservePort(port: number): Promise<boolean> {
  if (reserved.has(port)) return true;
  const socket = createSocket('udp4').unref();
  const bound = await new Promise<boolean>((resolve) => {
    socket.once('error', () => resolve(false));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(true));
  });
  if (bound) reserved.set(port, socket);
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

/** Settings that give every part of a stack a free port. */
export async function freePortSettings(): Promise<Record<(typeof STACK_PORTS)[number], string>> {
  const ports = await findFreePorts(STACK_PORTS.length);
  const settings = STACK_PORTS.map((name, n) => [name, String(ports[n])]);
  return Object.fromEntries(settings) as Record<(typeof STACK_PORTS)[number], string>;
}

/** Whether some program accepts connections on this port. */
export function accepts(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 5_000 });
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
