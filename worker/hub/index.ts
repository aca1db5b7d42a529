/** The task hub: {@link Host} runs it in a tab's host worker, {@link Hub} is the loop itself. */
export type { Environment, Locks, Room } from './environment';
export { Host, type HostOptions } from './host';
export { Hub } from './hub';
export { Queries } from './queries';
export { Registry, type RegistryOptions } from './registry';
export type { HubClock, HubSurroundings } from './surroundings';
export type { EndedStatus, Retention, RetentionPolicy } from './sweep';
