import type { ActivityContext } from 'perdure';
import { pause } from './pause';

export interface Trip {
  to: string;
  /** What goes wrong, for you to see what becomes of it. */
  trouble: 'none' | 'slow hotel' | 'no car' | 'no refund';
}

export interface Hotel {
  number: string;
  isRefundable: boolean;
}

export function bookFlight(_trip: Trip, ctx: ActivityContext) {
  return booked('F', ctx);
}

export async function bookHotel(trip: Trip, ctx: ActivityContext) {
  const number = await booked('H', ctx);
  if (trip.trouble === 'slow hotel' && ctx.attempt < 3) {
    throw new Error('The hotel does not answer.');
  }
  return { number, isRefundable: trip.trouble !== 'no refund' };
}

export async function bookCar(trip: Trip, ctx: ActivityContext) {
  const number = await booked('C', ctx);
  const isGone = trip.trouble === 'no car' || trip.trouble === 'no refund';
  if (isGone) throw new Error(`There is no car left in ${trip.to}.`);
  return number;
}

export async function cancelFlight(number: string, ctx: ActivityContext) {
  await pause(1_000, ctx.signal);
  ctx.log('cancelled', number);
}

export async function cancelHotel(hotel: Hotel, ctx: ActivityContext) {
  await pause(1_000, ctx.signal);
  if (!hotel.isRefundable) throw new Error('The hotel gives no refund.');
  ctx.log('cancelled', hotel.number);
}

export async function cancelCar(number: string, ctx: ActivityContext) {
  await pause(1_000, ctx.signal);
  ctx.log('cancelled', number);
}

/** A booking's number: the same however often the call is repeated. */
async function booked(letter: string, ctx: ActivityContext) {
  await pause(1_000, ctx.signal);
  const key = new TextEncoder().encode(ctx.idempotencyKey);
  const digest = await crypto.subtle.digest('SHA-256', key);
  const number = new DataView(digest).getUint32(0) % 10_000;
  return `${letter}-${String(number).padStart(4, '0')}`;
}
