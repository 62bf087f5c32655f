/** A process that carries out jobs of loads until it is killed. It runs the build, which starts at once. */
import { createBatchClient } from 'aep-batch';
import { createLoadWorker } from 'aep-batch/bullmq';

const { client, connection, worker } = JSON.parse(process.env['FLEET'] ?? '{}');
createLoadWorker(createBatchClient(client), connection, {
  ...worker,
  onWarning: ({ message }) => console.error(message),
});
console.log('started');
