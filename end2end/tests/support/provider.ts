// A real identity provider (npm's oidc-provider), as an organization runs one: people sign in there, and it says who
// they are and which roles they have.

import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClientMetadata, Configuration, Provider } from 'oidc-provider';

export type Account = { email: string; verified?: boolean; name: string; roles: string[] };

export const CLIENT = { id: 'muster', secret: 'what-client-and-provider-share' };

export class IdentityProvider {
  /** Who can sign in there, by what the provider calls them. A test changes it as it goes. */
  readonly accounts = new Map<string, Account>();
  private server: Server | undefined;

  /** Starts it for a client at an address; gives the issuer's. */
  async start(clientUrl: string): Promise<string> {
    // It is an ES module, and says with a warning which versions of Node.js it was made for.
    const { default: OidcProvider } = await import('oidc-provider');
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    this.server = server;
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const provider = new OidcProvider(issuer, this.configuration(clientUrl));
    const answer = provider.callback();
    server.on('request', (request, response) => {
      const interaction = /^\/interaction\/[\w-]+/.test(request.url ?? '');
      if (interaction) void this.interact(provider, request, response);
      else void answer(request, response);
    });
    return issuer;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((closed) => (this.server ? this.server.close(closed) : closed(undefined)));
  }

  private configuration(clientUrl: string): Configuration {
    const client: ClientMetadata = {
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      redirect_uris: [`${clientUrl}/login/sso/callback`],
      response_types: ['code'],
      grant_types: ['authorization_code'],
    };
    return {
      clients: [client],
      cookies: { keys: ['a key of the tests'] },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'realm_access'] },
      pkce: { required: () => true },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
      findAccount: (_, sub) => ({
        accountId: sub,
        claims: () => {
          const { email, verified = true, name, roles } = this.accounts.get(sub) ?? { email: '', name: '', roles: [] };
          return { sub, email, email_verified: verified, name, realm_access: { roles } };
        },
      }),
      // Whoever signs in has agreed.
      loadExistingGrant: async (context) => {
        const { client, session, provider } = context.oidc;
        const grant = new provider.Grant({ clientId: client?.clientId ?? '', accountId: session?.accountId ?? '' });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
    };
  }

  /** The provider's own page: who are you? */
  private async interact(
    provider: Provider,
    request: Parameters<ReturnType<Provider['callback']>>[0],
    response: Parameters<ReturnType<Provider['callback']>>[1],
  ): Promise<void> {
    if (request.method === 'POST') {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const sub = new URLSearchParams(body).get('account') ?? '';
      const refused = { error: 'access_denied', error_description: 'the person went away' };
      // Whoever comes again is asked again.
      const result = sub ? { login: { accountId: sub, remember: false } } : refused;
      await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
      return;
    }
    const buttons = [...this.accounts.keys(), ''].map(
      (sub) => `<button name="account" value="${sub}">${sub ? `Sign in as ${sub}` : 'Cancel'}</button>`,
    );
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(
      `<!DOCTYPE html><html lang="en"><title>Example ID</title><link rel="icon" href="data:,"><h1>Example ID</h1>` +
        `<form method="post">${buttons.join(' ')}</form></html>`,
    );
  }
}
