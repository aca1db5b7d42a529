/*
 * The shapes of activities that people write, and what else they export beside them.
 */
import type { ActivityContext } from '../../src/core/types/activity';

export async function greet(name: string): Promise<string> {
  return `Hello, ${name}`;
}

export function double(n: number): number {
  return n * 2;
}

export async function ping() {}

export const shout = async (text: string, ctx: ActivityContext) => {
  ctx.log(ctx.instanceId, ctx.taskId, ctx.attempt, ctx.idempotencyKey);
  ctx.signal.throwIfAborted();
  return text.toUpperCase();
};

export async function page(size?: number): Promise<readonly string[]> {
  return Array.from({ length: size ?? 10 }, String);
}

export async function rest(seconds = 1): Promise<void> {
  await fetch(`/rest?seconds=${seconds}`);
}

export async function find(id: string | undefined): Promise<{ id: string } | undefined> {
  return id === undefined ? undefined : { id };
}

export async function upload({ file, to }: { file: File; to: string }, { signal, idempotencyKey }: ActivityContext) {
  const response = await fetch(to, {
    method: 'PUT',
    body: file,
    signal,
    headers: { 'idempotency-key': idempotencyKey },
  });
  return { ok: response.ok, at: new Date(), etag: response.headers.get('etag') };
}

export async function hash(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  return await crypto.subtle.digest('SHA-256', bytes);
}

export async function thumbnail(photo: Blob): Promise<Blob> {
  return photo.slice(0, 10);
}

export type Shape = { kind: 'circle'; radius: number } | { kind: 'square'; side: number };
export async function area(shape: Shape): Promise<number> {
  return shape.kind === 'circle' ? Math.PI * shape.radius ** 2 : shape.side ** 2;
}

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export async function getJson(url: string): Promise<Json> {
  return (await (await fetch(url)).json()) as Json;
}

export async function same<T>(value: T): Promise<T> {
  return value;
}

export async function pair([a, b]: readonly [string, number]): Promise<Map<string, number>> {
  return new Map([[a, b]]);
}

export function parse(text: string): number;
export function parse(text: number): string;
export function parse(text: string | number): string | number {
  return typeof text === 'string' ? Number(text) : String(text);
}

export async function fail(message: string): Promise<never> {
  throw new Error(message);
}

export async function anything(value: unknown): Promise<unknown> {
  return value;
}

export const limit = 10;
export const defaults = { size: 10 };
export class Uploader {
  readonly at = 1;
}
export function format(text: string, width: number): string {
  return text.padEnd(width);
}
