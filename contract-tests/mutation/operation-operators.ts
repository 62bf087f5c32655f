/** Operators that change operations: method, path, servers, security and statuses. */
import { type Json, listOperations, type Operation } from '../../spec-tools/operations.js';
import { createMutant, type Mutant, omitKey, type Path, renameKey } from './mutant.js';

type Paths = Record<string, Json>;

function changeCall(document: Json, { id, path, method }: Operation): Mutant[] {
  const paths = document['paths'] as Paths;
  const item = paths[path] ?? {};
  const other = ['put', 'post', 'get', 'delete'].find((name) => !(name in item)) ?? 'trace';
  return [
    createMutant(
      'method-changed',
      ['paths', path],
      renameKey(item, method, other),
      `${id}: ${method} → ${other}`,
    ),
    createMutant('operation-dropped', ['paths', path, method], undefined, id),
    createMutant(
      'operation-id-changed',
      ['paths', path, method, 'operationId'],
      `${id}X`,
      `${id} → ${id}X`,
    ),
  ];
}

const changePaths = (document: Json): Mutant[] => {
  const paths = document['paths'] as Paths;
  return Object.keys(paths).flatMap((path) => {
    const [, ...parts] = path.split('/');
    const last = parts.findLastIndex((part) => !part.startsWith('{'));
    const longer = `/${parts.with(last, `${parts[last]}X`).join('/')}`;
    return [
      createMutant(
        'path-changed',
        ['paths'],
        renameKey(paths, path, longer),
        `${path} → ${longer}`,
      ),
      createMutant(
        'path-changed',
        ['paths'],
        renameKey(paths, path, `${path}/more`),
        `${path} → ${path}/more`,
      ),
    ];
  });
};

const OTHER_SERVER = 'https://platform.invalid';
const changeServers = (node: Json, path: Path): Mutant[] => {
  const servers = (node['servers'] ?? []) as Json[];
  return servers.flatMap(({ url }, index) => [
    createMutant(
      'server-changed',
      [...path, 'servers', index, 'url'],
      OTHER_SERVER,
      `${url} → ${OTHER_SERVER}`,
    ),
    createMutant(
      'server-changed',
      [...path, 'servers', index, 'url'],
      `${url}/v2`,
      `${url} → ${url}/v2`,
    ),
    createMutant('server-dropped', [...path, 'servers'], undefined, String(url)),
    createMutant(
      'server-added',
      [...path, 'servers'],
      [...servers, { url: OTHER_SERVER }],
      OTHER_SERVER,
    ),
  ]);
};

function changeGlobalSecurity(document: Json): Mutant[] {
  const [demanded = {}] = (document['security'] ?? []) as Json[];
  const schemes = (document['components'] as Record<string, Json>)['securitySchemes'] as Paths;
  return [
    createMutant('security-dropped', ['security'], undefined, 'of all operations'),
    ...Object.keys(demanded).map((name) =>
      createMutant(
        'security-scheme-dropped',
        ['security', 0],
        omitKey(demanded, name),
        `${name} of all operations`,
      ),
    ),
    createMutant('security-alternative', ['security'], [demanded, {}], 'or none'),
    createMutant(
      'security-alternative',
      ['security'],
      Object.keys(demanded).map((name) => ({ [name]: [] })),
      'one of them',
    ),
    ...Object.entries(schemes ?? {}).flatMap(([name, scheme]) => {
      const at = ['components', 'securitySchemes', name];
      if (scheme['type'] === 'http')
        return [
          createMutant(
            'security-scheme-changed',
            [...at, 'scheme'],
            'basic',
            `${name}: bearer → basic`,
          ),
        ];
      return [
        createMutant(
          'security-scheme-changed',
          [...at, 'name'],
          `${scheme['name']}-x`,
          `${name}: other header`,
        ),
        createMutant('security-scheme-changed', [...at, 'in'], 'query', `${name}: header → query`),
      ];
    }),
  ];
}

function changeSecurity(document: Json, { id, path, method, operation }: Operation): Mutant[] {
  const at = ['paths', path, method, 'security'];
  const [demanded = {}] = (document['security'] ?? []) as Json[];
  if (operation['security'] !== undefined)
    return [createMutant('security-added', at, undefined, `${id}: as all other operations`)];
  return [
    createMutant('security-dropped', at, [], id),
    ...Object.keys(demanded).map((name) =>
      createMutant('security-scheme-dropped', at, [omitKey(demanded, name)], `${id}: ${name}`),
    ),
    createMutant('security-alternative', at, [demanded, {}], `${id}: or none`),
  ];
}

function changeStatuses({ id, path, method, operation }: Operation): Mutant[] {
  const responses = operation['responses'] as Json;
  const at = ['paths', path, method, 'responses'];
  const [first = ''] = Object.keys(responses).filter((status) => status >= '400');
  const unused = ['202', '204', '409', '502'].filter((status) => !(status in responses));
  return [
    ...Object.keys(responses).flatMap((status) => {
      const other = String(Number(status) + 49);
      return [
        createMutant('status-dropped', [...at, status], undefined, `${id} ${status}`),
        createMutant(
          'status-changed',
          at,
          renameKey(responses, status, other),
          `${id} ${status} → ${other}`,
        ),
      ];
    }),
    ...unused.map((status) => {
      const empty = { description: 'Added.' };
      const response = status < '300' ? empty : (responses[first] ?? empty);
      return createMutant('status-added', [...at, status], response, `${id} ${status}`);
    }),
  ];
}

export const mutateOperations = (document: Json): Mutant[] => [
  ...listOperations(document).flatMap((operation) => [
    ...changeCall(document, operation),
    ...changeSecurity(document, operation),
    ...changeStatuses(operation),
  ]),
  ...changePaths(document),
  ...changeServers(document, []),
  ...Object.entries(document['paths'] as Paths).flatMap(([path, item]) =>
    changeServers(item, ['paths', path]),
  ),
  ...changeGlobalSecurity(document),
];
