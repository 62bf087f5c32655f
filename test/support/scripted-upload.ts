/** Uploads to a server whose responses a test sets, without the rest of an ingest. */
import { afterEach } from '@jest/globals';
import { createClient } from '../../src/client.js';
import { byteSource } from '../../src/http/body.js';
import { Secrets } from '../../src/http/redact.js';
import type { UploadListeners } from '../../src/upload/context.js';
import { memoryFile, type SizedFile, type SourceFile } from '../../src/upload/source.js';
import { type UploadFilesOptions, uploadFiles } from '../../src/upload/upload-files.js';
import { testClock } from './client.js';
import { type Play, respondWith, type TestServer, useServer } from './server.js';

/** 30 bytes, so three parts. */
export const TEXT = '0123456789abcdefghijABCDEFGHIJ';
export const PARTS = ['0-9', '10-19', '20-29'];
export const ALL = ['INITIALIZE', ...PARTS, 'COMPLETE'];
/** The responses to all parts. */
export const PARTS_OK = [200, 200, 200];

export const fileInMemory = (path = 'a.jsonl', text = TEXT): SizedFile => {
  const source = byteSource(Buffer.from(text));
  if (source === undefined) throw new Error('no bytes');
  return memoryFile(path, source);
};

export const head = (range?: string): Play =>
  respondWith(200, '', range === undefined ? {} : { range });

type Files = Iterable<SourceFile> | AsyncIterable<SourceFile>;

/** What a test file works with. */
export interface ScriptedUpload {
  readonly server: TestServer;
  /** Uploads in parts of 10 bytes, one at a time, each tried twice. */
  upload(
    files: Files,
    options?: Partial<UploadFilesOptions>,
    listeners?: Partial<UploadListeners>,
    origin?: string,
  ): ReturnType<typeof uploadFiles>;
  /** The requests in short: `INITIALIZE`, `0-9`, `HEAD`, `COMPLETE`, `PUT`. */
  requests(): string[];
}

export function useScriptedUpload(): ScriptedUpload {
  const server = useServer();
  const clients: ReturnType<typeof createClient>[] = [];
  afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));
  return {
    server,
    upload(files, options = {}, listeners = {}, origin = server.origin) {
      const account = { orgId: 'ORG@AdobeOrg', sandbox: 'prod', apiKey: 'k', credentials: 'token' };
      const clientOptions = { ...account, origin, clock: testClock() };
      const client = createClient(clientOptions, new Secrets());
      clients.push(client);
      const target = { calls: client.uploadCalls, batchId: 'b1', datasetId: 'd1' };
      const plan = { largeFileThresholdBytes: 5, partSizeBytes: 10, concurrency: 1 };
      const all = { ...plan, sha256: false, maxPartRetries: 1, ...options };
      return uploadFiles(files, target, all, listeners);
    },
    requests: () =>
      server.requests.map(({ call, headers }) => {
        const [method = ''] = call.split(' ');
        if (method === 'PATCH') return (headers['content-range'] ?? '').replace('bytes ', '');
        return /action=(\w+)/.exec(call)?.[1] ?? method;
      }),
  };
}
