/** The worker file of an app without orchestrations. */
import { serve } from 'perdure/worker';

serve({ orchestrations: {}, activities: {} });
