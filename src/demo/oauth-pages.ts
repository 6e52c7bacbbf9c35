import { createHash } from 'node:crypto';
import { asJson, parseJson, textAt } from './json.ts';

/** The App's own client, as GitHub would know it. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** One request of a browser, or of whoever trades a code. */
export interface PageRequest {
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly contentType: string;
  readonly authorization: string;
  readonly body: string;
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
  async answer(request: PageRequest): Promise<PageAnswer | undefined> {
    const { pathname, searchParams } = new URL(request.url, this.#emulatorUrl);
    switch (`${request.method} ${pathname}`) {
      case 'GET /login/oauth/authorize':
        this.#challenges.set(searchParams.get('state') ?? '', searchParams.get('code_challenge') ?? '');
        if (searchParams.get('client_id') === this.#client.clientId) return this.#forward(request);
        return { status: 404, headers: { 'content-type': 'text/plain' }, body: 'Not Found' };
      case 'POST /login/oauth/callback':
        return this.#forward(request);
      case 'POST /login/oauth/access_token':
        return this.#trade(request);
      case `DELETE /applications/${this.#client.clientId}/token`:
        return this.#revoke(request);
      default:
        // What the pages load.
        return request.method === 'GET' && pathname.startsWith('/_emulate/')
          ? this.#forward(request)
          : undefined;
    }
  }

  async #trade(request: PageRequest): Promise<PageAnswer> {
    const asked = asJson(parseJson(request.body));
    if (
      textAt(asked, 'client_id') !== this.#client.clientId ||
      textAt(asked, 'client_secret') !== this.#client.clientSecret
    ) {
      return json(200, { error: 'incorrect_client_credentials' });
    }
    const challenge = createHash('sha256').update(textAt(asked, 'code_verifier')).digest('base64url');
    if (![...this.#challenges.values()].includes(challenge))
      return json(200, { error: 'bad_verification_code' });
    const answer = await this.#forward(request);
    const token = textAt(parseJson(answer.body), 'access_token');
    if (token === '') return answer;
    const user = await fetch(`${this.#emulatorUrl}/user`, { headers: { authorization: `token ${token}` } });
    this.#tokens.set(token, textAt(await user.json(), 'login'));
    return answer;
  }

  #revoke({ authorization, body }: PageRequest): PageAnswer {
    const { clientId, clientSecret } = this.#client;
    const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    if (authorization !== basic) return json(401, { message: 'Bad credentials' });
    const known = this.#tokens.delete(textAt(parseJson(body), 'access_token'));
    return known ? { status: 204, headers: {}, body: '' } : json(422, { message: 'Validation Failed' });
  }

  async #forward({ method, url, contentType, body }: PageRequest): Promise<PageAnswer> {
    const response = await fetch(`${this.#emulatorUrl}${url}`, {
      method,
      redirect: 'manual',
      headers: { accept: method === 'GET' ? 'text/html' : 'application/json', 'content-type': contentType },
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
