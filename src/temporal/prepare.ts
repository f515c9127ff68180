/** Makes a Temporal server ready for this product: its namespace and its search attributes. */
import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';

import { AppError } from '../domain/errors.ts';
import { connectTemporal, type TemporalSettings } from './connect.ts';
import { grpcErrorOf, status } from '../runtime/grpc.ts';
import { SEARCH_ATTRIBUTES } from './search-attributes.ts';

const RETENTION_DAYS = 30;
const SETTLE_TIMEOUT_MS = 60_000;
const POLL_MS = 200;

/**
 * Creates the namespace if it is missing and registers the search attributes it lacks. Resolves when both can be used, which
 * takes the servers a while. Idempotent; several processes may do it at once.
 *
 * @throws AppError UNAVAILABLE when this key may not create what is missing, with what to create by hand, or when the
 *   server cannot use it in time
 */
export async function prepareNamespace(connection: Connection, namespace: string): Promise<void> {
  const deadline = Date.now() + SETTLE_TIMEOUT_MS;
  if (!(await namespaceExists(connection, namespace))) await createNamespace(connection, namespace);
  await until(deadline, `namespace ${namespace}`, () => namespaceUsable(connection, namespace));
  const missing = await missingAttributes(connection, namespace);
  if (missing.length > 0) await addAttributes(connection, namespace, missing);
  await until(deadline, `search attributes in ${namespace}`, async () => {
    return (
      (await missingAttributes(connection, namespace)).length === 0 && (await attributesUsable(connection, namespace))
    );
  });
}

/** `prepareNamespace` on a connection of its own. */
export async function prepareTemporal(temporal: TemporalSettings): Promise<void> {
  const connection = await connectTemporal(temporal);
  try {
    await prepareNamespace(connection, temporal.namespace);
  } finally {
    await connection.close();
  }
}

async function namespaceExists(connection: Connection, namespace: string): Promise<boolean> {
  try {
    await connection.workflowService.describeNamespace({ namespace });
    return true;
  } catch (error) {
    if (grpcErrorOf(error)?.code === status.NOT_FOUND) return false;
    throw error;
  }
}

async function createNamespace(connection: Connection, namespace: string): Promise<void> {
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      description: 'nurture-engine: one durable process per lead',
      workflowExecutionRetentionPeriod: proto.google.protobuf.Duration.fromObject({ seconds: RETENTION_DAYS * 86_400 }),
    });
  } catch (error) {
    if (grpcErrorOf(error)?.code === status.ALREADY_EXISTS) return;
    throw refused(`create the namespace ${namespace} with ${RETENTION_DAYS} days retention`, error);
  }
}

async function namespaceUsable(connection: Connection, namespace: string): Promise<boolean> {
  try {
    await connection.workflowService.listWorkflowExecutions({ namespace, pageSize: 1 });
    return true;
  } catch (error) {
    if (grpcErrorOf(error)?.code === status.NOT_FOUND) return false;
    throw error;
  }
}

async function missingAttributes(connection: Connection, namespace: string): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.keys(SEARCH_ATTRIBUTES).filter((name) => !(name in customAttributes));
}

async function addAttributes(connection: Connection, namespace: string, names: readonly string[]): Promise<void> {
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => names.includes(name))),
    });
  } catch (error) {
    // Another process was faster. A later check finds out whether all attributes exist.
    if (grpcErrorOf(error)?.code === status.ALREADY_EXISTS) return;
    throw refused(`register the search attributes ${names.join(', ')}`, error);
  }
}

/** The list shows new names before queries can use them. So a query that uses all of them is the test. */
async function attributesUsable(connection: Connection, namespace: string): Promise<boolean> {
  const query = Object.keys(SEARCH_ATTRIBUTES)
    .map((name) => `${name} IS NULL`)
    .join(' AND ');
  try {
    await connection.workflowService.listWorkflowExecutions({ namespace, pageSize: 1, query });
    return true;
  } catch (error) {
    if (grpcErrorOf(error)?.code === status.INVALID_ARGUMENT) return false;
    throw error;
  }
}

async function until(deadline: number, what: string, isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new AppError('UNAVAILABLE', `Temporal did not make the ${what} usable in time.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function refused(what: string, cause: unknown): AppError {
  const code = grpcErrorOf(cause)?.code;
  const why = code === status.PERMISSION_DENIED || code === status.UNIMPLEMENTED ? 'is not allowed to' : 'could not';
  return new AppError('UNAVAILABLE', `This client ${why} ${what}: ask who runs the Temporal server to do that.`, {
    cause,
  });
}
