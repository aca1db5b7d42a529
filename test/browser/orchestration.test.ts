import { afterAll, describe } from 'vitest';
import { type OrchestrationClient, orchestrationContract } from '../contract/orchestration';
import { openClient, statusWhere } from './fixtures/hubs';

describe('through the client, with a real worker and IndexedDB', () => {
  const client = openClient();
  afterAll(() => client.close());
  orchestrationContract(
    () => client as unknown as OrchestrationClient,
    (id, look) => statusWhere(client, id, look),
  );
});
