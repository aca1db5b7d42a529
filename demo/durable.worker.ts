import { serve } from 'perdure/worker';
import * as activities from './activities';
import * as orchestrations from './orchestrations';
import * as version1 from './orchestrations/version-1';

serve({ orchestrations, activities, version: '2', versions: { '1': version1 } });
