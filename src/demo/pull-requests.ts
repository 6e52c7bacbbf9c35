import { type Answer, type Exchange, isSuccess, ok, refusal, type Upstream } from './exchange.ts';
import { asJson, asList, at, type Json, numberAt, textAt } from './json.ts';

interface Merge {
  readonly sha: string;
  readonly at: string;
  readonly by: Json | null;
}

/** What the emulator lacks of pull requests: a head that follows its branch, files with patches, a real merge. */
export class PullRequests {
  readonly #upstream: Upstream;
  readonly #now: () => string;
  readonly #merges = new Map<string, Merge>();

  /** `now` tells the time of a merge as GitHub writes it. */
  constructor(upstream: Upstream, now: () => string) {
    this.#upstream = upstream;
    this.#now = now;
  }

  /** The pull request of a number, as GitHub would show it. */
  async find(repositoryPath: string, number: string): Promise<Answer> {
    return this.shown(repositoryPath, await this.#upstream('GET', `${repositoryPath}/pulls/${number}`));
  }

  /** An answer of the emulator's with a pull request as GitHub would show it, where it is none of failure. */
  async shown(repositoryPath: string, answer: Answer): Promise<Answer> {
    if (!isSuccess(answer)) return answer;
    return { ...answer, body: await this.view(repositoryPath, asJson(answer.body)) };
  }

  /** The open pull requests from a branch, as the emulator lists them. */
  async openFrom(repositoryPath: string, branch: string): Promise<readonly Json[]> {
    const open = await this.#upstream('GET', `${repositoryPath}/pulls?state=open&per_page=100`);
    return asList(open.body).filter((pull) => textAt(pull, 'head', 'ref') === branch);
  }

  /** A pull request of the emulator's in `/repos/{owner}/{repo}`, as GitHub would show it. */
  async view(repositoryPath: string, pull: Json): Promise<Json> {
    const merge = this.#merges.get(`${repositoryPath}#${numberAt(pull, 'number')}`);
    if (merge !== undefined) {
      return {
        ...pull,
        merged: true,
        merged_at: merge.at,
        merged_by: merge.by,
        merge_commit_sha: merge.sha,
        mergeable: null,
        mergeable_state: 'unknown',
      };
    }
    const tip = await this.tip(repositoryPath, textAt(pull, 'head', 'ref'));
    const view = tip === undefined ? pull : { ...pull, head: { ...asJson(pull.head), sha: tip } };
    return { merged: false, ...view };
  }

  /** The same, and whether it can be merged: GitHub says that of one pull request, not in lists. */
  async mergeableView(repositoryPath: string, pull: Json): Promise<Json> {
    const view = await this.view(repositoryPath, pull);
    if (view.merged === true || view.state !== 'open') return view;
    const base = await this.tip(repositoryPath, textAt(view, 'base', 'ref'));
    if (base === undefined) return view;
    const { conflicts } = await this.#compared(repositoryPath, base, textAt(view, 'head', 'sha'));
    return { ...view, mergeable: !conflicts, mergeable_state: conflicts ? 'dirty' : 'clean' };
  }

  /** Closes the open pull requests from a branch that was deleted; answers them as they stand then. */
  async closeFrom(repositoryPath: string, branch: string, tip: string): Promise<readonly Json[]> {
    const open = await this.openFrom(repositoryPath, branch);
    return Promise.all(
      open.map(async (pull) => {
        const path = `${repositoryPath}/pulls/${numberAt(pull, 'number')}`;
        const closed = asJson((await this.#upstream('PATCH', path, { body: { state: 'closed' } })).body);
        return this.view(repositoryPath, { ...closed, head: { ...asJson(closed.head), sha: tip } });
      }),
    );
  }

  /** Merges the base as it stands now into the branch, as the button "Update branch" does. */
  async updateBranch(repositoryPath: string, number: string): Promise<Answer> {
    const found = await this.find(repositoryPath, number);
    if (!isSuccess(found)) return found;
    const pull = asJson(found.body);
    const head = textAt(pull, 'head', 'sha');
    const base = textAt(pull, 'base', 'ref');
    const baseTip = (await this.tip(repositoryPath, base)) ?? textAt(pull, 'base', 'sha');
    const { theirs, conflicts } = await this.#compared(repositoryPath, baseTip, head);
    if (conflicts) return refusal(422, `merge conflict between base and head`);
    await this.#commit(repositoryPath, {
      base: textAt(pull, 'head', 'ref'),
      baseTip: head,
      parents: [head, baseTip],
      message: `Merge branch '${base}' into ${textAt(pull, 'head', 'ref')}`,
      changed: theirs,
    });
    return { status: 202, body: { message: 'Updating pull request branch.', url: textAt(pull, 'url') } };
  }

  /** Files that the head and the base have changed since they parted; git itself would look at lines. */
  async #compared(repositoryPath: string, baseTip: string, head: string) {
    const filesOf = async (range: string): Promise<readonly Json[]> =>
      asList(at((await this.#upstream('GET', `${repositoryPath}/compare/${range}`)).body, 'files'));
    const ours = await filesOf(`${baseTip}...${head}`);
    const theirs = await filesOf(`${head}...${baseTip}`);
    const changedMeanwhile = new Set(theirs.map((file) => textAt(file, 'filename')));
    return { ours, theirs, conflicts: ours.some((file) => changedMeanwhile.has(textAt(file, 'filename'))) };
  }

  /** The changed files with their patches. */
  async files(repositoryPath: string, number: string): Promise<Answer> {
    const found = await this.find(repositoryPath, number);
    if (!isSuccess(found)) return found;
    const pull = asJson(found.body);
    const range = `${textAt(pull, 'base', 'sha')}...${textAt(pull, 'head', 'sha')}`;
    const compared = await this.#upstream('GET', `${repositoryPath}/compare/${range}`);
    return isSuccess(compared) ? ok(at(compared.body, 'files') ?? []) : compared;
  }

  /** Merges the head's changes onto the base branch as it stands now. */
  async merge(repositoryPath: string, number: string, exchange: Exchange, by: Json | null): Promise<Answer> {
    const found = await this.find(repositoryPath, number);
    if (!isSuccess(found)) return found;
    const pull = asJson(found.body);
    const head = textAt(pull, 'head', 'sha');
    if (pull.merged === true || pull.state !== 'open') {
      return refusal(405, 'Pull Request is not mergeable');
    }
    const expected = textAt(exchange.body, 'sha');
    if (expected !== '' && expected !== head) {
      return refusal(409, 'Head branch was modified. Review and try the merge again.');
    }
    const base = textAt(pull, 'base', 'ref');
    const baseTip = (await this.tip(repositoryPath, base)) ?? textAt(pull, 'base', 'sha');
    const { ours, conflicts } = await this.#compared(repositoryPath, baseTip, head);
    if (conflicts) return refusal(405, 'Pull Request has merge conflicts');
    const title = `Merge pull request #${number} from ${textAt(pull, 'head', 'label').replace(':', '/')}`;
    const squashed =
      at(exchange.body, 'merge_method') !== undefined && exchange.body.merge_method !== 'merge';
    const sha = await this.#commit(repositoryPath, {
      base,
      baseTip,
      parents: squashed ? [baseTip] : [baseTip, head],
      message: textAt(exchange.body, 'commit_title') || title,
      changed: ours,
    });
    await this.#upstream('PATCH', `${repositoryPath}/pulls/${number}`, { body: { state: 'closed' } });
    this.#merges.set(`${repositoryPath}#${number}`, { sha, at: this.#now(), by });
    return ok({ sha, merged: true, message: 'Pull Request successfully merged' });
  }

  async #commit(
    repositoryPath: string,
    plan: {
      readonly base: string;
      readonly baseTip: string;
      readonly parents: readonly string[];
      readonly message: string;
      readonly changed: readonly Json[];
    },
  ): Promise<string> {
    const tip = await this.#upstream('GET', `${repositoryPath}/git/commits/${plan.baseTip}`);
    const tree = await this.#upstream('POST', `${repositoryPath}/git/trees`, {
      body: {
        base_tree: textAt(tip.body, 'tree', 'sha'),
        tree: plan.changed.map((file) => ({
          path: textAt(file, 'filename'),
          mode: '100644',
          type: 'blob',
          sha: file.status === 'removed' ? null : textAt(file, 'sha'),
        })),
      },
    });
    const commit = await this.#upstream('POST', `${repositoryPath}/git/commits`, {
      body: { message: plan.message, tree: textAt(tree.body, 'sha'), parents: plan.parents },
    });
    const sha = textAt(commit.body, 'sha');
    await this.#upstream('PATCH', `${repositoryPath}/git/refs/heads/${plan.base}`, { body: { sha } });
    return sha;
  }

  /** The newest commit of a branch; `undefined` where there is no such branch. */
  async tip(repositoryPath: string, branch: string): Promise<string | undefined> {
    const ref = await this.#upstream('GET', `${repositoryPath}/git/ref/heads/${branch}`);
    return isSuccess(ref) ? textAt(ref.body, 'object', 'sha') : undefined;
  }
}

/** A pull request in the shape that the issue endpoints and comment events show it in. */
export function asIssue(pull: Json): Json {
  const { head: _head, base: _base, _links: _discarded, ...shared } = pull;
  return {
    ...shared,
    url: textAt(pull, 'issue_url'),
    pull_request: {
      url: textAt(pull, 'url'),
      html_url: textAt(pull, 'html_url'),
      diff_url: textAt(pull, 'diff_url'),
      patch_url: textAt(pull, 'patch_url'),
      merged_at: pull.merged_at ?? null,
    },
  };
}
