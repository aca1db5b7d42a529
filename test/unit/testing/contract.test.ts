import { createTestHub } from 'perdure/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { activities, orchestrations } from '../../contract/functions';
import { type OrchestrationClient, orchestrationContract } from '../../contract/orchestration';

describe('on a test hub', () => {
  let client: OrchestrationClient & { close(): Promise<void> };
  beforeAll(async () => {
    // The contract speaks of more than types can tell: names are looked up, values are of any kind.
    const hub = await createTestHub({ orchestrations: orchestrations as object, activities: activities as object });
    client = hub.client as unknown as typeof client;
  });
  afterAll(() => client.close());
  orchestrationContract(
    () => client,
    async (id, look) => {
      for (;;) {
        const status = await client.getStatus(id);
        if (look(status)) return status;
      }
    },
  );
});
