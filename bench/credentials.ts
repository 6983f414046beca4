/** Reads the credentials that Lambda passes in the environment. */
export function readCredentials(variables: Readonly<Record<string, string | undefined>>) {
  return {
    accessKeyId: variables['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: variables['AWS_SECRET_ACCESS_KEY'] ?? '',
    sessionToken: variables['AWS_SESSION_TOKEN'] ?? '',
  };
}
