/** Node's `setImmediate`, which a rival expects to find. To be imported before it. */
const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.onmessage = () => waiting.shift()?.();

Object.assign(globalThis, {
  setImmediate(then: () => void) {
    waiting.push(then);
    port2.postMessage(null);
  },
});
