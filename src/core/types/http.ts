/*
 * A call over HTTP, in Durable Functions' words. The request is recorded in the history, so it is plain data; the
 * response is too, so its content is text.
 */

/**
 * What `callHttp` sends. It is recorded as it is: put no secrets into it unless what is stored is encoded by a codec of
 * your own.
 */
export interface HttpRequest {
  /** `GET`, `POST` and so on. */
  readonly method: string;
  /**
   * One without a host is resolved by the address of the worker's file, so let it begin with `/`. Another origin must
   * allow the call by CORS, as for any `fetch`.
   */
  readonly url: string;
  /**
   * Text is sent as it is. An object or an array is sent as JSON, with the content type `application/json` unless
   * `headers` has one.
   */
  readonly body?: string | object;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Whether an answer of 202 with a `Location` is followed, until there is another one. True if it is not given. A server
   * of another origin must expose `Location` and `Retry-After` (`Access-Control-Expose-Headers`), or nobody sees them.
   */
  readonly enablePolling?: boolean;
}

/** What a server answered, whatever its status. */
export interface HttpResponse {
  /** Such as 200 or 404. */
  readonly statusCode: number;
  /** The body as text. What is binary is better fetched by an activity of your own. */
  readonly content: string;
  /** Those that a script may see, by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}
