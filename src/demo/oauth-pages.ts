import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { parseJson, textAt } from './json.ts';

/** The App's own client, as GitHub would know it. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** GitHub's sign-in pages: the emulator's, with the App's client and PKCE checked, and tokens that then work. */
export class OAuthPages {
  readonly #emulatorUrl: string;
  readonly #client: OAuthClient;
  /** Login by token; shared with the API. */
  readonly #tokens: Map<string, string>;
  readonly #challenges = new Map<string, string>();

  constructor(emulatorUrl: string, client: OAuthClient, tokens: Map<string, string>) {
    this.#emulatorUrl = emulatorUrl;
    this.#client = client;
    this.#tokens = tokens;
  }

  /** The page or answer; `undefined` where the address is none of these. */
  async answer(request: IncomingMessage, body: string): Promise<PageAnswer | undefined> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.#emulatorUrl);
    switch (`${request.method} ${pathname}`) {
      case 'GET /login/oauth/authorize':
        this.#challenges.set(searchParams.get('state') ?? '', searchParams.get('code_challenge') ?? '');
        if (searchParams.get('client_id') === this.#client.clientId) return this.#forward(request, body);
        return { status: 404, headers: { 'content-type': 'text/plain' }, body: 'Not Found' };
      case 'POST /login/oauth/callback':
        return this.#forward(request, body);
      case 'POST /login/oauth/access_token':
        return this.#trade(request, body);
      case `DELETE /applications/${this.#client.clientId}/token`:
        return this.#revoke(request, body);
      default:
        // What the pages load.
        return request.method === 'GET' && pathname.startsWith('/_emulate/')
          ? this.#forward(request, body)
          : undefined;
    }
  }

  async #trade(request: IncomingMessage, body: string): Promise<PageAnswer> {
    const asked = parseJson(body);
    if (
      textAt(asked, 'client_id') !== this.#client.clientId ||
      textAt(asked, 'client_secret') !== this.#client.clientSecret
    ) {
      return json(200, { error: 'incorrect_client_credentials' });
    }
    const challenge = createHash('sha256').update(textAt(asked, 'code_verifier')).digest('base64url');
    if (![...this.#challenges.values()].includes(challenge))
      return json(200, { error: 'bad_verification_code' });
    const answer = await this.#forward(request, body);
    const token = textAt(parseJson(answer.body), 'access_token');
    if (token === '') return answer;
    const user = await fetch(`${this.#emulatorUrl}/user`, { headers: { authorization: `token ${token}` } });
    this.#tokens.set(token, textAt(await user.json(), 'login'));
    return answer;
  }

  #revoke({ headers }: IncomingMessage, body: string): PageAnswer {
    const { clientId, clientSecret } = this.#client;
    const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    if (headers.authorization !== basic) return json(401, { message: 'Bad credentials' });
    const known = this.#tokens.delete(textAt(parseJson(body), 'access_token'));
    return known ? { status: 204, headers: {}, body: '' } : json(422, { message: 'Validation Failed' });
  }

  async #forward(request: IncomingMessage, body: string): Promise<PageAnswer> {
    const { method = 'GET', url } = request;
    const accept = method === 'GET' ? 'text/html' : 'application/json';
    const response = await fetch(`${this.#emulatorUrl}${url}`, {
      method,
      redirect: 'manual',
      headers: { accept, 'content-type': request.headers['content-type'] ?? '' },
      ...(method === 'GET' ? {} : { body }),
    });
    const headers: Record<string, string> = {};
    for (const name of ['content-type', 'location']) {
      const value = response.headers.get(name);
      if (value !== null) headers[name] = value;
    }
    return { status: response.status, headers, body: await response.text() };
  }
}

function json(status: number, body: object): PageAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
