import '../switches';
import { serve } from 'perdure/worker';
import * as activities from '../activities';
import * as orchestrations from './orchestrations';

serve({ orchestrations, activities, build: 'v3' });
