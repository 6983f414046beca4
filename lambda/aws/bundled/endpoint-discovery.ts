/** Replaces the DynamoDB client's endpoint discovery in the bundle. It is off by default and adds a cache library. */
export const resolveEndpointDiscoveryConfig = <Config>(config: Config): Config => config;

/** Endpoint discovery is off. */
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => undefined,
  configFileSelector: () => undefined,
  default: false,
};
