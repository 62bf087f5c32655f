/** Faults of uploads of many files: their order, end and sources, how many requests are in flight, the bytes of an attempt. */
import { inFile, type Mutant } from './mutant.js';

const FLOW = ['upload-files', 'upload-parts', 'ingest/rules'];

export const uploadFlowMutants: readonly Mutant[] = [
  ...inFile(
    'src/upload/source.ts',
    [...FLOW, 'ingest/changed-parts', 'ingest/pipes'],
    ['a.sizeBytes === b.sizeBytes &&', '', 'a file of another size is unchanged'],
    ['a.mtimeNs === b.mtimeNs &&', '', 'a file with another time of modification is unchanged'],
    ['a.ctimeNs === b.ctimeNs &&', '', 'a file with another time of change is unchanged'],
    [' &&\n  a.inode === b.inode', '', 'another file in the same place is unchanged'],
    [
      'if (fingerprint.sizeBytes === 0) await assertEmpty(localPath);',
      '',
      'a file of /proc is taken for an empty one',
    ],
    [
      'if (ageMs < 0 || ageMs > TICK_MS) return fingerprint;',
      'return fingerprint;',
      'a file that was just written is not looked at again',
    ],
    [
      'if (!isChecked) await checkUnchanged(file);',
      '',
      'a rewrite right before the first read is not noticed',
    ],
    [
      'if (hasSameBytes !== undefined && (await hasSameBytes())) return;',
      'if (hasSameBytes !== undefined) return;',
      'a file that changed is compared with nothing',
    ],
  ),
  ...inFile(
    'src/upload/context.ts',
    ['ingest/budget', ...FLOW],
    [
      'error.status === 429 || error.status === 503',
      'error.status === 429',
      'a 503 slows nothing down',
    ],
    [
      'error.status === 429 || error.status === 503',
      'error.status === 503',
      'a 429 slows nothing down',
    ],
    [
      '...(timeoutMs === undefined ? {} : { timeoutMs }),',
      '',
      'the timeout of an upload is ignored',
    ],
    ['    maxRetries,\n    signal,', '    signal,', 'the retries of parts are ignored'],
    ['    maxRetries,\n    signal,', '    maxRetries,', 'an aborted upload goes on sending'],
  ),
  ...inFile(
    'src/upload/upload-files.ts',
    [...FLOW, 'ingest/journal'],
    [
      'results[index] = result;',
      'results.push(result);',
      'results come in the order in which files end',
    ],
    ['await file.cleanup?.();', '', 'a spooled file stays after it was uploaded'],
    [
      'await listeners.uploaded(file, result);',
      '',
      'the journal does not know that a file was uploaded',
    ],
    [
      'await listeners.started(file);',
      'void listeners.started(file);',
      'a file is sent before the journal knows that it was begun',
    ],
    ['if (group.signal.aborted) return;', '', 'further files are started after a failure'],
    ['group.abortOthers(error);', '', 'a failure does not end the other files'],
    ['await iterator.return?.();', '', 'the source of files is not closed'],
    ['resumed?.rangesShown ?? false', 'false', 'a resume forgets that HEAD has shown ranges'],
    ['earlier?.get(file.path)', 'undefined', 'a resume forgets the parts that have arrived'],
    ['listeners.failed(error);', '', 'nobody learns that a file has failed'],
  ),
  ...inFile(
    'src/upload/upload-source.ts',
    ['upload-source', ...FLOW, 'bytes', 'resources'],
    [
      'transferredBytes += bytes;',
      'transferredBytes = bytes;',
      'progress counts the last step only',
    ],
    [
      'totalBytes: file.sizeBytes',
      'totalBytes: transferredBytes',
      'progress is complete from its start',
    ],
    [
      'encodeFilePath(path);\n',
      '\n',
      'a path that cannot be sent is found only after the file was opened',
    ],
  ),
  ...inFile(
    'src/upload/file-calls.ts',
    [...FLOW, 'bytes', 'resources'],
    ['min: 1, max: MAX_PART_BYTES', 'min: 0, max: MAX_PART_BYTES', 'a part of no bytes is sent'],
    [
      '{ min: 1, max: MAX_PART_BYTES,',
      '{ min: 1, max: MAX_PART_BYTES * 2,',
      'a part that is too large is sent',
    ],
    [
      'sizeBytes === undefined ? undefined : { name, sizeBytes }',
      '{ name, sizeBytes: sizeBytes ?? 0 }',
      'a COMPLETE without a size reports one of 0',
    ],
    [
      'const { name = checked.path,',
      'const { name = "",',
      'a COMPLETE without a name reports none',
    ],
  ),
  ...inFile(
    'src/upload/byte-count.ts',
    [...FLOW, 'ingest/property'],
    ['if (more <= 0) return;', '', 'accepted bytes fall'],
    ['this.#accepted - this.#reported', 'bytes', 'accepted bytes are more than the file has'],
    ['this.sent(-this.#sent);', '', 'bytes of a restarted file are counted twice as sent'],
    ['    this.#accepted = 0;\n', '', 'what was accepted before a restart counts after it'],
    [
      'this.#context.listeners.resumed(this.#file, -this.#resumed)',
      'undefined',
      'bytes of an earlier run count although the file was restarted',
    ],
    ['    this.accepted(bytes);\n', '', 'bytes of an earlier run are not accepted'],
  ),
  ...inFile(
    'src/http/upload.ts',
    ['byte-sources', 'bytes', 'slow-links', 'proof-of-upload'],
    ['if (this.handed < this.size) {', 'if (false) {', 'a source that ends early is complete'],
    [
      'this.#offered + chunk.length <= this.size',
      'this.#offered + chunk.length < this.size',
      'the last chunk of a source is too much',
    ],
    ['this.#offered + chunk.length <= this.size', 'true', 'a source may yield more than its size'],
    [
      'chunk.subarray(at, at + this.#sliceBytes)',
      'chunk.subarray(at, at + this.#sliceBytes - 1)',
      'each slice lacks its last byte',
    ],
    ['    await this.#last; //', '    //', 'a source that does not wait for its writes ends early'],
    [
      'before === undefined ? send() : before.then(send)',
      'send()',
      'writes of a source are sent out of order',
    ],
    [
      'slice.length === length ? settled()',
      'true ? settled()',
      'bytes that were taken back while they were sent count as sent',
    ],
    [
      'if (chunk.length !== length) throw this.#bytesTaken();',
      '',
      'bytes that were taken back before they were sent count as sent',
    ],
    [
      '    this.#rejectSlice(this.#stopped);',
      '',
      'a source waits for ever for a slice of a broken connection',
    ],
    ['this.handed += length;', '', 'bytes that are handed over are not counted'],
    ['if (!this.isDone) return 0;', '', 'a body that is not sent yet gets more time'],
  ),
  ...inFile(
    'src/shared/task-group.ts',
    [...FLOW, 'ingest/budget', 'ingest/journal'],
    [
      'this.#failure ??= { error };',
      'this.#failure = { error };',
      'the last failure is thrown, not the first',
    ],
    ['this.#controller.abort(error);', '', 'the first failure does not end the others'],
    [
      "this.#outer?.removeEventListener('abort', this.#onOuterAbort);",
      '',
      'each upload leaves a listener at the signal',
    ],
    ['    this.signal.throwIfAborted();\n', '', 'an aborted group has succeeded'],
    ['if (outer.aborted) this.#onOuterAbort();', '', 'a signal that was aborted before is ignored'],
  ),
  ...inFile(
    'src/http/node-upload.ts',
    ['transport', 'sent', 'proof-of-upload', 'retry'],
    ['await this.#finished;\n', '\n', 'a success counts before its body was accepted'],
    [
      'if (!upload.isDone && upload.handed < upload.size) {',
      'if (false) {',
      'a success before the body was sent counts',
    ],
    [
      'status >= 200 && status < 300',
      'status >= 200 && status < 600',
      'an error response waits for the rest of the body',
    ],
  ),
  ...inFile(
    'src/http/transport.ts',
    ['transport', 'time', 'sent', 'proof-of-upload', 'retry', 'idle'],
    [
      "response.headersDistinct['retry-after']?.join(', ')",
      "headers['retry-after']",
      'only the first of several Retry-After counts',
    ],
    [
      "if (typeof keepAlive === 'string') onKeepAlive(keepAlive);",
      '',
      'the Keep-Alive of a server is ignored',
    ],
    [
      'if (request.reusedSocket && !hasResponse) dropIdleSockets(agent, target);',
      '',
      'each dead connection costs an attempt',
    ],
    [
      "if (!hasResponse) reject(new Error('the connection ended without a response'));",
      '',
      'a connection that ends without a response is waited for',
    ],
    ['context.onCancel((reason) => request.destroy(reason));', '', 'an aborted request goes on'],
    [
      'target === undefined || !request',
      'target === undefined || false && !request',
      'the token service is called at the first origin',
    ],
  ),
  ...inFile(
    'src/upload/limiter.ts',
    ['ingest/budget'],
    [
      'this.#inFlight >= this.#limit',
      'this.#inFlight > this.#limit',
      'one request too many is in flight',
    ],
    [
      'Math.max(1, Math.floor(this.#limit / 2))',
      'Math.floor(this.#limit / 2)',
      'slowing down stops all requests',
    ],
    ['Math.floor(this.#limit / 2)', 'this.#limit - 1', 'slowing down takes one request less'],
    [
      'this.#limit / 2));\n    this.#successes = 0;',
      'this.#limit / 2));',
      'successes before a 429 count after it',
    ],
    ['++this.#successes < this.#limit', '++this.#successes < 1', 'each success raises the limit'],
    ['this.#limit === this.#max || ', '', 'the limit grows beyond its maximum'],
    [
      'this.#inFlight--;\n      this.#waiting.shift()?.();',
      'this.#inFlight--;',
      'a request that has ended wakes none that waits',
    ],
    [
      'this.#waiting.splice(this.#waiting.indexOf(proceed), 1);',
      '',
      'a task that was aborted takes a place',
    ],
    [
      "signal.removeEventListener('abort', stop);",
      '',
      'each wait for room leaves a listener at the signal',
    ],
    [
      '    signal.throwIfAborted();\n    this.#inFlight++;',
      '    this.#inFlight++;',
      'work begins after an abort',
    ],
  ),
];
