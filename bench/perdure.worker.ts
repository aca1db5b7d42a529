import { serve } from 'perdure/worker';
import * as activities from './activities';
import * as orchestrations from './orchestrations';
import { timeIfAsked } from './timing';
import { countIfAsked } from './written';

countIfAsked();
timeIfAsked();
// As many workers as the floor has.
serve({ orchestrations, activities, pool: { size: 2 } });
