import { Client, Connection } from '@temporalio/client';
import type { Workflow } from '@temporalio/client';
import { pino } from 'pino';
import { inject } from 'vitest';

import { createRelay, type Relay, type RelayOptions } from '../../src/relay/relay.ts';
import type { Ring } from '../../src/workflows/messages.ts';
import { openBench, type Bench } from '../store/support.ts';

export interface RelayBench extends Bench {
  client: Client;
  log: RelayOptions['log'];
  /** A relay on the queue of this bench; its sweep runs when asked, unless told otherwise. */
  relay(options?: Partial<RelayOptions>): Relay;
  /** Bells that the current run of a lead's process was sent. No worker runs: what was sent stays in the history. */
  heard(leadId: string): Promise<Ring[]>;
  /** Writes a bell as if the process that wrote it had crashed before ringing. */
  leftBehind(leadId: string, id?: string): Promise<string>;
}

let serial = 0;

export async function openRelayBench(): Promise<RelayBench> {
  const bench = await openBench();
  const closeBench = bench[Symbol.asyncDispose].bind(bench);
  const connection = await Connection.connect({ address: inject('temporalAddress') });
  const client = new Client({ connection, namespace: inject('temporalNamespace') });
  const log = pino({ level: 'silent' });
  const taskQueue = `relay-${bench.now}-${process.pid}`;
  const open: Relay[] = [];
  const started = new Set<string>();
  return Object.assign(bench, {
    client,
    log,
    relay(options: Partial<RelayOptions> = {}) {
      const { rules } = bench.ctx;
      const relay = createRelay({ db: bench.db, client, taskQueue, rules, log, sweepEveryMs: 3_600_000, ...options });
      open.push(relay);
      return relay;
    },
    async heard(leadId: string) {
      started.add(leadId);
      const handle = client.workflow.getHandle<Workflow>(leadId);
      const { events } = await handle.fetchHistory();
      return (events ?? []).flatMap((event) => {
        const data = event.workflowExecutionSignaledEventAttributes?.input?.payloads?.[0]?.data;
        return data ? [JSON.parse(new TextDecoder().decode(data)) as Ring] : [];
      });
    },
    async leftBehind(leadId: string, id?: string) {
      serial += 1;
      const row = { id: id ?? `ring-${String(serial).padStart(32, '0')}`, leadId, reason: 'submitted', refs: {} };
      await bench.db.outbox.create({ data: row });
      return row.id;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(open.map((relay) => relay.close()));
      for (const leadId of started)
        await client.workflow
          .getHandle(leadId)
          .terminate()
          .catch(() => {});
      await connection.close();
      await closeBench();
    },
  });
}
