/**
 * The places that a new operation or status needs: what `spec/` describes and the code lacks, one line each,
 * so that a developer sees what to do instead of the type errors that follow from it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dereference, type Json, listOperations, type Operation } from './operations.js';

const HANDLERS = 'src/testing/handlers';
const CALLS = 'contract-tests/support/calls.ts';
const DATASET_CALLS = 'contract-tests/support/dataset-calls.ts';
const SIMULATOR_STEPS = 'contract-tests/simulator.test.ts';
const FACTS = 'contract-tests/facts/operations.ts';
const FUZZED = 'contract-tests/fuzz/targets.ts';
const SURFACE = 'contract-tests/surface.txt';
const STATUSES = 'src/resources/statuses.ts';
const TRANSITIONS = 'src/testing/platform/transitions.ts';
const ERROR_CLASSES = 'src/http/error-response.ts';
/** The token service is called below the resources. */
const METHODS = ['src/resources', 'src/typed-client'];

type Files = ReadonlyMap<string, string>;

/** @param root the project's folder. */
export function listMissingPlaces(document: Json, root: string): string[] {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const methods = readFolders(root, METHODS);
  const handlers = readFolders(root, [HANDLERS]);
  const calls = [CALLS, DATASET_CALLS].map(read).join('');
  const [steps = '', facts = '', fuzzed = ''] = [SIMULATOR_STEPS, FACTS, FUZZED].map(read);
  const [surface, statuses, transitions, classes] = [
    SURFACE,
    STATUSES,
    TRANSITIONS,
    ERROR_CLASSES,
  ].map(read);
  const hasStatus = (text: string | undefined, status: string) =>
    new RegExp(`^ +'?${status}'?:`, 'm').test(text ?? '');
  const operations = listOperations(document);
  const hasMethod = (text: string, { path, method }: Operation) =>
    text.includes(`'${path}'`) && new RegExp(`['.]${method.toUpperCase()}['( ]`).test(text);
  const hasHandler = (text: string, { id }: Operation) => new RegExp(`\\b${id}[:(]`).test(text);

  const missingOperations = operations.flatMap((operation) => {
    const { id, method, path } = operation;
    const findFile = (files: Files, has: typeof hasMethod, fallback: string) =>
      findNearest(operation, operations, files, has) ?? fallback;
    const isIn = (files: Files, has: typeof hasMethod) =>
      [...files.values()].some((text) => has(text, operation));
    const todo = [
      ...listMissingExamples(document, operation),
      ...(isIn(methods, hasMethod)
        ? []
        : [`add its method in ${findFile(methods, hasMethod, 'src/resources/')}`]),
      ...(isIn(handlers, hasHandler)
        ? []
        : [`add its handler in ${findFile(handlers, hasHandler, HANDLERS)}`]),
      ...(calls.includes(`\n  ${id}: [`) ? [] : [`add a call in ${CALLS}`]),
      ...(steps.includes(`'${id}'`) ? [] : [`add a step that makes it in ${SIMULATOR_STEPS}`]),
      ...(new RegExp(`^  ${id}:`, 'm').test(facts) ? [] : [`state its facts in ${FACTS}`]),
      ...(fuzzed.includes(`'${id}'`) ? [] : [`add its method in ${FUZZED}`]),
      ...(surface?.includes(` operation ${id}\n`) ? [] : ['then run `make accept-contract`']),
    ];
    if (todo.length === 0) return [];
    const name = `Operation ${id} (${method.toUpperCase()} ${path})`;
    return [`${name}: ${todo.join(', ')}. See "A new operation" in CONTRIBUTING.md.`];
  });
  return [
    ...missingOperations,
    ...listKnownStatuses(document)
      .map((status): [status: string, todo: string[]] => [
        status,
        [
          ...(hasStatus(statuses, status) ? [] : [`say in ${STATUSES} whether it is an end`]),
          ...(hasStatus(transitions, status) ? [] : [`add its phase in ${TRANSITIONS}`]),
        ],
      ])
      .filter(([, todo]) => todo.length > 0)
      .map(([status, todo]) => `Batch status ${status}: ${todo.join(', ')}.`),
    ...listErrorStatuses(operations)
      .filter(
        ([status]) => status < 500 && !new RegExp(`^ +${status}: \\w`, 'm').test(classes ?? ''),
      )
      .map(([status, id]) => `HTTP status ${status} of ${id}: add its class in ${ERROR_CLASSES}.`),
  ];
}

function readFolders(root: string, folders: readonly string[]): Files {
  const paths = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => `${folder}/${name}`),
  );
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

/** The file that has the operation with the most similar path. */
function findNearest(
  wanted: Operation,
  operations: readonly Operation[],
  files: Files,
  has: (text: string, operation: Operation) => boolean,
): string | undefined {
  const similarity = ({ path }: Operation) => {
    const parts = path.split('/');
    const at = wanted.path.split('/').findIndex((part, index) => part !== parts[index]);
    return at === -1 ? parts.length : at;
  };
  const others = operations.filter(({ id }) => id !== wanted.id);
  const sorted = others.sort((a, b) => similarity(b) - similarity(a));
  for (const other of sorted) for (const [path, text] of files) if (has(text, other)) return path;
  return undefined;
}

/** The bodies of an operation that have no example. */
function listMissingExamples(document: Json, { operation }: Operation): string[] {
  const isBytes = (type: string) => type === 'application/octet-stream';
  const request = dereference(document, operation['requestBody'] ?? {});
  const bodies: [name: string, node: Json][] = [
    ['its request', request],
    ...Object.entries(operation['responses'] as Json).map(([status, node]): [string, Json] => [
      `its ${status} response`,
      dereference(document, node),
    ]),
  ];
  return bodies.flatMap(([name, node]) =>
    Object.entries((node['content'] ?? {}) as Record<string, Json>)
      .filter(
        ([type, media]) => media['examples'] === undefined && !(node === request && isBytes(type)),
      )
      .map(() => `add an example of ${name} to spec/examples/ and list it`),
  );
}

function listKnownStatuses(document: Json): string[] {
  const schemas = (document['components'] as Record<string, Json>)['schemas'] as Record<
    string,
    Json
  >;
  return (schemas['BatchStatus']?.['enum'] ?? []) as string[];
}

/** Every error status of the document, with an operation that has it. */
function listErrorStatuses(operations: readonly Operation[]): [status: number, id: string][] {
  const found = new Map<number, string>();
  for (const { id, operation } of operations)
    for (const status of Object.keys(operation['responses'] as Json).map(Number))
      if (status >= 400 && !found.has(status)) found.set(status, id);
  return [...found];
}
