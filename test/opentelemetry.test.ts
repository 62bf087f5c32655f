import { afterEach, describe, expect, test } from '@jest/globals';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { createBatchClient, type Telemetry, type TelemetrySpan } from '../src/index.js';
import { telemetry } from '../src/opentelemetry/index.js';
import { clientFor, TOKEN, testClock, thrownBy } from './support/client.js';
import { simulator, useIngest } from './support/ingest.js';
import { respondWith, useServer } from './support/server.js';

useIngest('telemetry');

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

/** The SDK of OpenTelemetry, with everything in memory and without a context manager. */
function startSdk() {
  const spans = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(spans)],
  });
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metrics });
  const meterProvider = new MeterProvider({ readers: [reader] });
  open.push(
    () => tracerProvider.shutdown(),
    () => meterProvider.shutdown(),
  );
  const count = async (name: string, attributes: object = {}): Promise<number> => {
    await meterProvider.forceFlush();
    const all =
      metrics
        .getMetrics()
        .at(-1)
        ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
    const points = all.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
    const matching = points.filter((point) =>
      Object.entries(attributes).every(([key, value]) => point.attributes[key] === value),
    );
    return matching.reduce((sum, { value }) => sum + Number(value), 0);
  };
  return { telemetry: telemetry({ tracerProvider, meterProvider }), spans, count };
}

/** Spans as a tree: each name with those of its children, in the order in which they began. */
function toTree(spans: readonly ReadableSpan[], parent?: string): unknown[] {
  return spans
    .filter((span) => span.parentSpanContext?.spanId === parent)
    .sort((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1])
    .map((span) => {
      const children = toTree(spans, span.spanContext().spanId);
      return children.length === 0 ? span.name : { [span.name]: children };
    });
}

const rows = (name: string) => ({ name, bytes: new Uint8Array(Buffer.from('{"a":1}\n')) });

describe('spans', () => {
  test('of an ingest have its batch, files and calls as children, without a context manager', async () => {
    const sdk = startSdk();
    const client = createBatchClient({
      ...simulator.clientOptions,
      clock: testClock(),
      telemetry: sdk.telemetry,
    });
    simulator.faults.set({ when: { operation: 'uploadFile', nth: 1 }, then: { status: 503 } });
    const before = simulator.log.length;
    const { batchId } = await client.ingest(rows('a.json'), { datasetId: 'd' });
    await client.close();

    const spans = sdk.spans.getFinishedSpans();
    const polls = simulator.log.slice(before).filter(({ operation }) => operation === 'getBatch');
    expect(toTree(spans)).toEqual([
      {
        'aep_batch.ingest': [
          {
            'aep_batch.batch': [
              { createBatch: ['getToken'] },
              { 'aep_batch.file': ['uploadFile'] },
              'batchAction',
              ...polls.map(() => 'getBatch'),
            ],
          },
        ],
      },
    ]);
    const find = (name: string) => spans.find((span) => span.name === name);
    expect(find('aep_batch.batch')?.attributes).toMatchObject({
      'aep_batch.batch.id': batchId,
      'aep_batch.dataset.id': 'd',
      'aep_batch.outcome': 'success',
    });
    expect(find('aep_batch.file')?.attributes).toMatchObject({
      'file.path': 'a.json',
      'file.size': 8,
    });
    expect(find('uploadFile')).toMatchObject({
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        'http.request.method': 'PUT',
        'http.response.status_code': 200,
        'http.request.resend_count': 1,
        'server.address': '127.0.0.1',
        'url.full': expect.stringContaining('/files/a.json'),
      },
      events: [
        {
          name: 'retry',
          attributes: { 'aep_batch.attempt': 1, 'error.type': 'ServerError' },
        },
      ],
    });
    expect(await sdk.count('aep_batch.bytes')).toBe(16); // sent twice
    expect(await sdk.count('aep_batch.rows', { 'aep_batch.rows.result': 'loaded' })).toBe(1);
    expect(await sdk.count('aep_batch.retries')).toBe(1);
  });

  test.each([
    ['http://127.0.0.1', 80],
    ['https://platform.invalid', 443],
    ['https://platform.invalid:8443', 8443],
  ])('of calls to %s have the port %i', async (origin, port) => {
    const sdk = startSdk();
    const fetch = async () => Response.json({ b1: { status: 'success' } });
    const client = clientFor(origin, { fetch, telemetry: sdk.telemetry });
    await client.batches.get('b1');
    await client.close();

    expect(sdk.spans.getFinishedSpans()[0]?.attributes).toMatchObject({
      'server.address': new URL(origin).hostname,
      'server.port': port,
    });
  });

  test('of ingests at the same time do not mix', async () => {
    const sdk = startSdk();
    const client = createBatchClient({ ...simulator.clientOptions, telemetry: sdk.telemetry });
    const names = ['a.json', 'b.json', 'c.json'];
    await Promise.all(
      names.map((name) => client.ingest(rows(name), { datasetId: name, pollIntervalMs: 1 })),
    );
    await client.close();

    const spans = sdk.spans.getFinishedSpans();
    const dataset = new Map(
      spans
        .filter(({ name }) => name === 'aep_batch.batch')
        .map((span) => [span.spanContext().spanId, span.attributes['aep_batch.dataset.id']]),
    );
    const files = spans.filter(({ name }) => name === 'aep_batch.file');
    const owners = files.map((span) => dataset.get(span.parentSpanContext?.spanId ?? ''));
    expect(owners).toEqual(files.map(({ attributes }) => attributes['file.path']));
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(3);
  });
});

describe('a failure', () => {
  const server = useServer();

  test('marks its span, and holds no secret', async () => {
    const sdk = startSdk();
    const client = clientFor(server.origin, { telemetry: sdk.telemetry, maxRetries: 0 });
    server.play(respondWith(400, { title: `the token ${TOKEN} is not welcome` }));
    const error = await thrownBy(client.batches.get('b1'));
    await client.close();

    expect(error).toMatchObject({ name: 'BadRequestError' });
    const [span] = sdk.spans.getFinishedSpans();
    expect(span?.status.code).toBe(SpanStatusCode.ERROR);
    expect(span?.attributes).toMatchObject({
      'error.type': 'BadRequestError',
      'http.response.status_code': 400,
    });
    const { attributes, status, events } = span ?? {};
    const text = JSON.stringify({ attributes, status, events });
    expect(text).toContain('is not welcome');
    expect(text).not.toContain(TOKEN);
  });

  test('of telemetry changes no result, however it fails', async () => {
    const fail = () => {
      throw new Error('telemetry is broken');
    };
    const reject = () => Promise.reject(new Error('later')) as never;
    const span = (own: Partial<TelemetrySpan>): TelemetrySpan => ({
      setAttributes: fail,
      addEvent: fail,
      fail,
      end: fail,
      ...own,
    });
    const broken: Telemetry[] = [
      { startSpan: fail, count: fail },
      { startSpan: () => span({}), count: reject },
      { startSpan: () => span({ run: fail, setAttributes: reject, end: reject }), count: fail },
      { startSpan: () => span({ run: () => undefined }), count: fail },
      {
        startSpan: () =>
          span({
            run: (work) => {
              work();
              work();
              throw new Error('after the work');
            },
          }),
        count: fail,
      },
      { startSpan: () => undefined as never, count: fail },
      { startSpan: reject, count: fail },
    ];
    for (const one of broken) {
      simulator.faults.set({ when: { operation: 'uploadFile', nth: 1 }, then: { status: 503 } });
      const options = { ...simulator.clientOptions, clock: testClock(), telemetry: one };
      const client = createBatchClient(options);
      const before = simulator.log.length;
      const { outcome } = await client.ingest(rows('a.json'), { datasetId: 'd' });
      const error = await thrownBy(client.batches.get('nosuch'));
      await client.close();
      const created = simulator.log
        .slice(before)
        .filter(({ operation }) => operation === 'createBatch');
      expect([outcome, created.length]).toEqual(['success', 1]);
      expect(error).toMatchObject({ name: 'NotFoundError' });
    }
  });
});

test('telemetry has to be an object with startSpan() and count()', () => {
  for (const value of [null, 5, 'x', {}, { startSpan: () => undefined }, { count: 1 }]) {
    const options = { ...simulator.clientOptions, telemetry: value as never };
    expect(() => createBatchClient(options)).toThrow(/Invalid telemetry: expected an object/);
  }
});
