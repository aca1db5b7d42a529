import { serve } from 'perdure/worker';
import * as activities from './activities';
import { breakIfAsked } from './breaks';
import * as orchestrations from './orchestrations';
import { keep } from './retention';

breakIfAsked();
serve({
  orchestrations,
  activities,
  pool: { size: 2 },
  retention: {
    Completed: { count: keep.Completed },
    Failed: { count: keep.Failed },
    Terminated: { count: keep.Terminated },
  },
});
