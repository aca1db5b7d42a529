/**
 * Lists, page by page. A page's continuation token is the place of its last instance in an order that never changes, so
 * it holds over reloads, and whatever is started, ends or goes meanwhile.
 */
import { InvalidTokenError } from '../core/errors';
import type { ListPage, ListRequest, ListToken, StatusRecord } from '../protocol';
import { checkAmount, checkedFilter, checkOrder, checkText } from './arguments';
import type { ListOptions, PageOptions } from './options';

type Order = NonNullable<ListRequest['order']>;

const defaultPageSize = 100;

interface Page {
  instances: readonly StatusRecord[];
  continuationToken?: string;
}

/** What `listInstances` gives. */
export interface Pages extends AsyncIterable<StatusRecord> {
  byPage(options?: PageOptions): AsyncIterable<Page>;
}

/** @throws TypeError, RangeError */
export function pagesOf(
  { order = 'newest', pageSize = defaultPageSize, ...given }: ListOptions,
  read: (request: ListRequest) => Promise<ListPage>,
): Pages {
  checkOrder(order);
  checkAmount(pageSize, 'pageSize');
  const filter = checkedFilter(given);

  async function* pages(limit: number, first: ListToken | undefined): AsyncGenerator<Page> {
    for (let after = first, isLast = false; !isLast; ) {
      const { instances, next } = await read({ ...filter, order, limit, ...(after && { after }) });
      yield { instances, ...(next && { continuationToken: encodeToken(next, order) }) };
      after = next;
      isLast = next === undefined;
    }
  }

  return {
    async *[Symbol.asyncIterator]() {
      for await (const { instances } of pages(pageSize, undefined)) yield* instances;
    },
    byPage({ continuationToken, pageSize: limit = pageSize } = {}) {
      checkAmount(limit, 'pageSize');
      return pages(limit, continuationToken === undefined ? undefined : decodeToken(continuationToken, order));
    },
  };
}

/** The letters of base64 that mean nothing in an address. Ids may hold any character, `btoa` takes only the first 256. */
function encodeToken([createdTime, id]: ListToken, order: Order): string {
  const json = JSON.stringify([order, createdTime, id]);
  const ascii = json.replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return btoa(ascii).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @throws InvalidTokenError */
function decodeToken(token: unknown, order: Order): ListToken {
  checkText(token, 'a continuation token');
  let decoded: unknown;
  try {
    decoded = JSON.parse(atob(token.replaceAll('-', '+').replaceAll('_', '/')));
  } catch {
    // It is refused below.
  }
  const [of, createdTime, id] = Array.isArray(decoded) ? (decoded as unknown[]) : [];
  if ((of !== 'newest' && of !== 'oldest') || typeof createdTime !== 'number' || typeof id !== 'string') {
    throw new InvalidTokenError(`'${token.slice(0, 40)}' is no continuation token`);
  }
  if (of !== order) {
    throw new InvalidTokenError(`the continuation token is of a list with the ${of} first, not the ${order}`);
  }
  return [createdTime, id];
}
