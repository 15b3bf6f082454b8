/** An ID token for an audience, of the account that this process runs as. */
export type TokenFor = (audience: string) => Promise<string>;

interface Client {
  getRequestHeaders(): Promise<Headers>;
}

/**
 * Tokens of Google's metadata server, or of whatever else Google's client finds by itself, which keeps
 * them until shortly before they expire.
 */
export function googleTokens(): TokenFor {
  const clients = new Map<string, Client>();
  return async (audience) => {
    const client = clients.get(audience) ?? (await open(audience));
    clients.set(audience, client);
    const headers = await client.getRequestHeaders();
    return (headers.get("authorization") ?? "").replace(/^Bearer /, "");
  };
}

// Loaded when it is used: most installations call no function.
async function open(audience: string): Promise<Client> {
  const { GoogleAuth } = await import("google-auth-library");
  return new GoogleAuth().getIdTokenClient(audience);
}
