/** Errors of the gRPC calls to Temporal. */
import { status } from '@grpc/grpc-js';
import { isGrpcServiceError } from '@temporalio/client';

export { status };

export interface GrpcError {
  code: status;
  message: string;
}

/** The gRPC error that the client threw or wrapped in one of its own, or null when it is another. */
export function grpcErrorOf(error: unknown): GrpcError | null {
  if (isGrpcServiceError(error)) return error;
  return error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : null;
}
