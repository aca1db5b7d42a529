import { beforeAll, describe } from 'vitest';
import { activities, orchestrations } from '../contract/functions';
import { orchestrationContract } from '../contract/orchestration';
import { SimulatedClient } from '../support/simulated-client';

describe('on a simulated hub', () => {
  let client: SimulatedClient;
  beforeAll(async () => {
    client = await SimulatedClient.open({ orchestrations, activities });
  });
  orchestrationContract(
    () => client,
    (id, look) => client.until(id, look),
  );
});

describe('on a simulated hub with room for one instance', () => {
  let client: SimulatedClient;
  beforeAll(async () => {
    client = await SimulatedClient.open({ orchestrations, activities, maxInstances: 1 });
  });
  orchestrationContract(
    () => client,
    (id, look) => client.until(id, look),
  );
});
