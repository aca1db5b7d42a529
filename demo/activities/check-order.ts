export const stages = ['received', 'packed', 'on its way', 'delivered'] as const;
export type Stage = (typeof stages)[number];

/** Asks the shop how far an order is. This shop needs no network: it goes by the clock. */
export function checkOrder({ placed, takesMs }: { placed: Date; takesMs: number }): Stage {
  const progress = (Date.now() - placed.getTime()) / takesMs;
  return stages.find((_, i) => progress < (i + 1) / 3) ?? 'delivered';
}
