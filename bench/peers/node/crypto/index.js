/** What durabletask-js takes from Node's `crypto`, as pages have it. */
export const randomUUID = () => crypto.randomUUID();
