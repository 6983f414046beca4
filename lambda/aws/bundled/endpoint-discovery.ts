/**
 * Takes the place of the DynamoDB client's discovery of endpoints when the function is bundled. It is off unless asked for,
 * and brings a cache library with it.
 */
export const resolveEndpointDiscoveryConfig = <Config>(config: Config): Config => config;

/** Off. */
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => undefined,
  configFileSelector: () => undefined,
  default: false,
};
