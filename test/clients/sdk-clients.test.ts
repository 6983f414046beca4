import { SDK_CLIENTS } from './sdk-clients.rows.ts';
import { describeFacts } from './sdk-clients-facts.ts';

describeFacts(SDK_CLIENTS);
