/** The jobs of loads in a browser, on loopback: whoever reaches this page can remove and retry them. */
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { openLoadQueue } from 'aep-batch/bullmq';
import express from 'express';

const { REDIS_HOST: host = '127.0.0.1', REDIS_PORT = '6379', PORT = '3000' } = process.env;
const queue = await openLoadQueue({ host, port: Number(REDIS_PORT) });

const adapter = new ExpressAdapter();
createBullBoard({ queues: [new BullMQAdapter(queue)], serverAdapter: adapter });
const app = express();
app.use('/', adapter.getRouter());
const server = app.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
