/** Reports responses that differ from the document to `onDrift`. Loaded only where the option is set. */
import { document } from '../../../generated/document.js';
import type { DriftEvent } from '../../http/events.js';
import type { ResolvedOptions } from '../../http/options.js';
import { notify } from '../../shared/notify.js';
import { type ReceivedResponse, ResponseChecker } from './response-checker.js';

/** How often differences of one kind are reported by one client. */
const MAX_REPORTS_PER_KIND = 3;
/** How many kinds one client reports, so that its memory is bounded. */
const MAX_KINDS = 500;
/** Larger bodies are not validated: it would hold up other calls. */
const MAX_BODY_CHARACTERS = 1_000_000;
/** How much of a received value is reported. */
const MAX_RECEIVED_CHARACTERS = 200;

/** A response with the request id that it is reported with. */
export interface ObservedResponse extends ReceivedResponse {
  readonly requestId: string | undefined;
}

export class DriftReporter {
  readonly #checker: Promise<ResponseChecker>;
  readonly #options: Pick<ResolvedOptions, 'onDrift' | 'secrets'>;
  readonly #reports = new Map<string, number>();

  constructor(options: Pick<ResolvedOptions, 'onDrift' | 'secrets'>) {
    this.#options = options;
    this.#checker = ResponseChecker.load(document);
  }

  /** Never throws: a check that fails reports nothing. */
  async check(response: ObservedResponse): Promise<void> {
    try {
      const isLarge = (response.body?.length ?? 0) > MAX_BODY_CHARACTERS;
      const checked = isLarge ? { ...response, body: undefined } : response;
      const differences = (await this.#checker).check(checked);
      for (const { kind, path, expected, received } of differences) {
        if (!this.#mayReport(`${response.operation} ${response.status} ${kind}`)) continue;
        const { operation, status, requestId } = response;
        const event: DriftEvent = {
          operation,
          status,
          path: this.#shorten(path),
          expected,
          received: this.#describe(received),
          requestId,
        };
        notify(this.#options.onDrift, event);
      }
    } catch {
      // The document is our own, but a response may be anything.
    }
  }

  #mayReport(kind: string): boolean {
    const count = this.#reports.get(kind) ?? 0;
    if (count >= MAX_REPORTS_PER_KIND) return false;
    if (count === 0 && this.#reports.size >= MAX_KINDS) return false;
    this.#reports.set(kind, count + 1);
    return true;
  }

  #describe(received: unknown): string {
    return received === undefined ? 'nothing' : this.#shorten(JSON.stringify(received) ?? '');
  }

  /** Secrets are masked first: a secret that is cut in two would not be found. */
  #shorten(text: string): string {
    const masked = this.#options.secrets.redact(text);
    const isLong = masked.length > MAX_RECEIVED_CHARACTERS;
    return isLong ? `${masked.slice(0, MAX_RECEIVED_CHARACTERS)}…` : masked;
  }
}
