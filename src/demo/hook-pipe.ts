import { connect, type Socket } from 'node:net';

/** Requests under way at once; enough to let the receiver write many of them down together. */
const DEPTH = 48;

/**
 * Posts over one connection with HTTP pipelining: the receiver sees the requests in the order of the calls, and
 * none waits for the answer to the one before. (`fetch` would open several connections and lose the order.)
 */
export class HookPipe {
  readonly #socket: Socket;
  readonly #host: string;
  readonly #path: string;
  /** Requests whose answers, each a status, are to come. */
  readonly #waiting: PromiseWithResolvers<number>[] = [];
  #received = Buffer.alloc(0);
  #room: (() => void) | undefined;
  #failure: Error | undefined;

  constructor(url: string) {
    const { hostname, port, pathname, host } = new URL(url);
    this.#host = host;
    this.#path = pathname;
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on('data', (chunk) => this.#read(chunk));
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('The receiver closed the connection.')));
  }

  /** Sends once there is room; the returned promise tells the status of the answer. */
  async send(
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<{ answered: Promise<number> }> {
    while (this.#waiting.length >= DEPTH && this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#room = resolve;
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
    const waiting = Promise.withResolvers<number>();
    this.#waiting.push(waiting);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#socket.write(
      `POST ${this.#path} HTTP/1.1\r\nhost: ${this.#host}\r\n${lines.join('')}` +
        `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    return { answered: waiting.promise };
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (;;) {
      const answer = takeAnswer(this.#received);
      if (answer === undefined) return;
      this.#received = this.#received.subarray(answer.length);
      this.#waiting.shift()?.resolve(answer.status);
      this.#room?.();
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
    this.#room?.();
  }
}

/** Status and length of the first whole answer; `undefined` while more of it is to come. */
function takeAnswer(received: Buffer): { readonly status: number; readonly length: number } | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const bodyStart = headEnd + 4;
  const head = received.toString('latin1', 0, headEnd);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? Number.NaN);
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
    const lastChunk = received.indexOf('0\r\n\r\n', bodyStart);
    return lastChunk === -1 ? undefined : { status, length: lastChunk + 5 };
  }
  const length = bodyStart + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  return received.length < length ? undefined : { status, length };
}
