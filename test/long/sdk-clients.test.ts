import { COMPILED_SDK_CLIENTS } from '../clients/compiled-sdk-clients.rows.ts';
import { describeFacts } from '../clients/sdk-clients-facts.ts';

describeFacts(COMPILED_SDK_CLIENTS);
