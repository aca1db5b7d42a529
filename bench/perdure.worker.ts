import { serve } from 'perdure/worker';
import * as activities from './activities';
import * as orchestrations from './orchestrations';
import { countIfAsked } from './written';

countIfAsked();
// As many workers as the floor has.
serve({ orchestrations, activities, pool: { size: 2 } });
