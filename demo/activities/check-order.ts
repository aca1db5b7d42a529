export interface Order {
  number: string;
  placed: Date;
  takesMs: number;
}

export const stages = ['received', 'packed', 'sent', 'delivered'] as const;
export type Stage = (typeof stages)[number];

/** Asks the shop how far an order is. This shop goes by the clock. */
export function checkOrder({ placed, takesMs }: Order): Stage {
  const progress = (Date.now() - placed.getTime()) / takesMs;
  return stages.find((_, i) => progress < (i + 1) / 3) ?? 'delivered';
}
