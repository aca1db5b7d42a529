/**
 * An oracle that finds nothing may be blind. So a soak can be made to lose, to double or to leak something now and then:
 * `npm run soak -- --break lose` must end with violations.
 */
import { type Packed, pack, unpack } from '../../worker/packed';

export type Break = 'lose' | 'double' | 'leak';

/** The name that the page gives to its host worker; behind it stands what is to be broken. */
export const hostName = 'soak-host';

/** One commit or command in so many is broken; payloads are few, so none of them goes. */
const every = 25;

interface Logged {
  entries: Packed<object>;
}

/** In a host worker whose name asks for it, before it opens the storage. */
export function breakIfAsked(): void {
  const what = self.name.slice(hostName.length + 1) as Break | '';
  const { prototype } = IDBObjectStore;
  const { add, delete: remove } = prototype;
  let times = 0;
  const isDue = () => ++times % every === 0;
  // A commit whose last entry is not written: it is gone when another tab takes over, or reads.
  if (what === 'lose') {
    prototype.add = function (value: unknown, ...key: [IDBValidKey?]) {
      if (this.name !== 'log' || !isDue()) return add.call(this, value, ...key);
      const record = value as Logged;
      const entries = pack((unpack(record.entries) ?? []).slice(0, -1));
      return add.call(this, { ...record, entries }, ...key);
    };
  }
  // Commands that are carried out, and stay in the inbox: the next owner carries them out again. Payloads that stay.
  if (what === 'double' || what === 'leak') {
    const store = what === 'double' ? 'inbox' : 'payloads';
    prototype.delete = function (query: IDBValidKey | IDBKeyRange) {
      if (this.name !== store || (store === 'inbox' && !isDue())) return remove.call(this, query);
      // Something else, which is not there.
      return remove.call(this, store === 'inbox' ? -1 : [-1, -1]);
    };
  }
}
