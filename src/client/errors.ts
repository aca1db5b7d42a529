/** Errors as they come from the worker: structured cloning keeps no class, so the code tells which it was. */
import * as errors from '../core/errors';
import type { FailureDetails } from '../core/history';

type ErrorClass = new (message: string, options?: ErrorOptions) => Error;

const classes: Partial<Record<string, ErrorClass>> = {
  InstanceNotFound: errors.InstanceNotFoundError,
  InstanceExists: errors.InstanceExistsError,
  InstanceNotRunning: errors.InstanceNotRunningError,
  InstanceRunning: errors.InstanceRunningError,
  InstanceNotFailed: errors.InstanceNotFailedError,
  InvalidName: errors.InvalidNameError,
  InvalidExport: errors.InvalidExportError,
  UnknownOrchestration: errors.UnknownOrchestrationError,
  Payload: errors.PayloadError,
  Codec: errors.CodecError,
  Storage: errors.StorageError,
  HubUnavailable: errors.HubUnavailableError,
  OutcomeUnknown: errors.OutcomeUnknownError,
  NewerSchema: errors.NewerSchemaError,
};

/** The error that a call is rejected with. Its stack is the caller's: where the hub noticed says little. */
export function errorFrom(failure: FailureDetails): Error {
  const Class = classes[failure.code ?? ''];
  if (!Class) return errors.toError(failure);
  return new Class(failure.message, failure.cause && { cause: errors.toError(failure.cause) });
}
