import type { Config } from '../config/config.ts';
import { OffbeatError } from '../errors.ts';
import { modeInForce } from './configured-mode.ts';
import type { Context } from './context.ts';
import { knownRepository } from './known-repository.ts';
import { orFailure } from './or-failure.ts';
import type { ConnectedRepository, RepositoryState, RepositoryWriter } from './ports.ts';

/** A repository on GitHub: connected when first needed, and asked once for its configuration. */
export class RepositoryOnGitHub {
  readonly context: Context;
  readonly id: number;
  readonly #state: RepositoryState;
  #connected: Promise<ConnectedRepository> | undefined;
  #config: Promise<Config | OffbeatError> | undefined;

  constructor(context: Context, state: RepositoryState) {
    this.context = context;
    this.id = state.profile.id;
    this.#state = state;
  }

  /** The state as it is stored now: what was done before may have changed it. */
  latest(): Promise<RepositoryState> {
    return knownRepository(this.context, this.id);
  }

  connected(): Promise<ConnectedRepository> {
    this.#connected ??= this.context.github.connect(this.#state.profile);
    return this.#connected;
  }

  /** The configuration; `null` where it is invalid, which its own issue tells. */
  async config(): Promise<Config | null> {
    const read = await this.#readConfig();
    return read instanceof OffbeatError ? null : read;
  }

  /** What is wrong with the configuration; `null` where it is valid. */
  async configError(): Promise<OffbeatError | null> {
    const read = await this.#readConfig();
    return read instanceof OffbeatError ? read : null;
  }

  /** True where somebody has paused or stopped everything, whatever the configuration says. */
  isPausedOrStopped(): boolean {
    const { mode } = this.#modeUnder({});
    return mode === 'pause' || mode === 'stopped';
  }

  /** `null` where this connection only reads, or the hour's writes are used up. */
  async writer(): Promise<RepositoryWriter | null> {
    const connected = await this.connected();
    return connected.writesLeft?.() === 0 ? null : connected.writer;
  }

  /** The way to GitHub where pull requests are welcome and the hour's writes are not used up; else `null`. */
  async writable(): Promise<ConnectedRepository | null> {
    if (this.context.emergencyStop || this.#state.profile.commandedMode === 'pause') return null;
    const config = await this.config();
    if (config === null || this.#modeUnder(config).mode !== 'suggest') return null;
    return (await this.writer()) === null ? null : this.connected();
  }

  #readConfig(): Promise<Config | OffbeatError> {
    this.#config ??= orFailure(async () => (await this.connected()).reader.config(), 'config-invalid');
    return this.#config;
  }

  #modeUnder(config: Pick<Config, 'mode'>) {
    return modeInForce(this.context, this.#state, config.mode ?? null);
  }
}
