import { sha1 } from './sha1';
import { utf8 } from './utf8';

/** The namespace that the Durable Task Framework draws its deterministic GUIDs from. */
const namespace = '9e952958-5e33-4daf-827f-2fa12937b875';

/**
 * The n-th GUID of an instance at a time: a UUID of version 5 (RFC 9562), made from the same text as in the Durable
 * Task Framework, so that the same orchestration draws the same GUIDs here and there.
 */
export function deterministicGuid(instanceId: string, at: number, counter: number): string {
  const name = utf8(`${instanceId}_${new Date(at).toISOString()}_${counter}`);
  const prefix =
    namespace
      .replaceAll('-', '')
      .match(/../g)
      ?.map((hex) => Number.parseInt(hex, 16)) ?? [];
  const hash = sha1(Uint8Array.from([...prefix, ...name])).subarray(0, 16);
  hash[6] = ((hash[6] as number) & 0x0f) | 0x50;
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
  const hex = Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
