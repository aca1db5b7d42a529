/**
 * An Error as plain data: of it is kept what a structured clone keeps, and what `mapValue` does. It is told here for all
 * that writes values in a form of its own: exports, and what goes through a codec.
 *
 * Both lie in users' files and databases. Add to the shape; never change what is there.
 */

const errorTypes = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError] as const;

export interface WrittenError {
  type: string;
  message: string;
  stack?: string;
  cause?: unknown;
}

/** False for whatever is no Error of one of the language's own types. */
export function writeError(value: unknown): WrittenError | false {
  const type = value instanceof Error && errorTypes.find((each) => each.prototype === Object.getPrototypeOf(value));
  if (!type) return false;
  const { message, stack } = value;
  return {
    type: type.name,
    message,
    // Code that changes how stacks are made can leave anything there.
    ...(typeof stack === 'string' && { stack }),
    ...('cause' in value && { cause: value.cause }),
  };
}

/** The counterpart. What it gets may be anything. @throws TypeError when it is no error that was written */
export function readError(written: unknown): Error {
  if (typeof written !== 'object' || written === null) throw new TypeError('no object');
  const { type, message, stack, cause } = written as Record<string, unknown>;
  const Type = errorTypes.find((each) => each.name === type);
  if (!Type || typeof message !== 'string') throw new TypeError('no error');
  const error = new Type(message);
  if (stack !== undefined) {
    if (typeof stack !== 'string') throw new TypeError('an error without a stack');
    error.stack = stack;
  }
  if (Object.hasOwn(written, 'cause')) setCause(error, cause);
  return error;
}

/** As the language does it: an assignment would make it visible among the error's keys. */
export function setCause(error: Error, cause: unknown): void {
  Object.defineProperty(error, 'cause', { value: cause, writable: true, enumerable: false, configurable: true });
}
