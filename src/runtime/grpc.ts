/** Errors of the gRPC calls to Temporal. */
import { status } from '@grpc/grpc-js';
import { isGrpcServiceError } from '@temporalio/client';

export { status };

export interface GrpcError {
  code: status;
  message: string;
}

/** The gRPC error in what the client threw, also when the client wrapped it. Null when there is none. */
export function grpcErrorOf(error: unknown): GrpcError | null {
  if (isGrpcServiceError(error)) return error;
  return error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : null;
}
