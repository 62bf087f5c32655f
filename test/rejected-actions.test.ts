/** What the error of an action says, which the status of the batch does not allow. */
import { expect, test } from '@jest/globals';
import { clientFor, testClock, thrownBy } from './support/client.js';
import { useServer } from './support/server.js';

const server = useServer();

test.each([
  ['abort', 'stalled', /b1 is stalled\./, /has ended|nothing to abort/],
  ['fail', 'stalled', /b1 is stalled\./, /has ended|nothing to abort/],
  ['abort', 'failed', /b1 is failed: it has ended, and there is nothing to abort\./, /revert it/],
  ['abort', 'active', /b1 is active: it was loaded\. .*revert it/, /nothing to abort/],
  ['revert', 'stalled', /b1 is stalled: it was not loaded yet\. .*abort it/, /nothing to revert/],
  ['revert', 'aborted', /b1 is aborted: no row of it was loaded/, /abort it/],
  ['complete', 'loading', /b1 is loading: complete each of its files .* first/, /has ended/],
  ['complete', 'staging', /b1 is staging: it was completed before/, /has ended/],
  ['complete', 'stalled', /b1 is stalled: it has ended\. Load the files in a new batch/, /before/],
] as const)(
  '%s of a batch that is %s says what is possible instead',
  async (action, status, says, saysNot) => {
    server.play(428, { b1: { status } });
    const { batches } = clientFor(server.origin, { clock: testClock() });
    const error = await thrownBy(batches[action]('b1'));
    expect(error).toMatchObject({ status: 428, message: expect.stringMatching(says) });
    expect(String(error)).not.toMatch(saysNot);
  },
);

test.each(['abort', 'fail', 'revert', 'complete'] as const)(
  '%s of a batch with a status that is not known says so, and explains nothing else',
  async (action) => {
    server.play(428, { b1: { status: 'polishing' } });
    const { batches } = clientFor(server.origin, { clock: testClock() });
    const { message } = (await thrownBy(batches[action]('b1'))) as Error;
    expect(message).toContain('Batch b1 is polishing, a status that this version does not know.');
    expect(message).not.toMatch(/it has ended|it was not loaded yet|no row of it|completed before/);
  },
);
