import { isolationContract } from '../../contract/isolation';

isolationContract(() => new Promise((resolve) => setImmediate(resolve)));
