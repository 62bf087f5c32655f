/** Operators that change parameters, bodies, responses, headers, examples and references. */
import { type Json, listOperations } from '../../spec-tools/operations.js';
import { createMutant, type Mutant, type Path, renameKey } from './mutant.js';
import { type Visited, visit } from './visit.js';

const isReference = ({ node }: Visited) => node['$ref'] !== undefined;

const changeParameter = ({ node, path, role }: Visited): Mutant[] => {
  const name = String(node['name'] ?? path.at(-1));
  const isRequired = node['required'] === true;
  const what = role === 'header' ? 'response-header' : 'parameter';
  const flipped = isRequired ? 'required → optional' : 'optional → required';
  const other = node['in'] === 'query' ? 'header' : 'query';
  return [
    ...(node['in'] === 'path'
      ? []
      : [
          createMutant(
            `${what}-required-flipped`,
            [...path, 'required'],
            !isRequired,
            `${name}: ${flipped}`,
          ),
        ]),
    ...(role === 'header'
      ? []
      : [
          createMutant('parameter-renamed', [...path, 'name'], `${name}X`, `${name} → ${name}X`),
          createMutant(
            'parameter-moved',
            [...path, 'in'],
            other,
            `${name}: ${node['in']} → ${other}`,
          ),
        ]),
    ...['example', 'examples']
      .filter((key) => node[key] !== undefined)
      .map((key) =>
        createMutant('example-dropped', [...path, key], undefined, `${key} of ${name}`),
      ),
    ...(node['deprecated'] === true
      ? [createMutant('mark-dropped', [...path, 'deprecated'], undefined, 'deprecated')]
      : []),
  ];
};

const changeRequestBody = ({ node, path }: Visited): Mutant[] => [
  createMutant('request-body-optional', [...path, 'required'], undefined, 'required → optional'),
  createMutant('request-body-dropped', path, undefined, 'no body'),
  ...changeMediaTypes(node, path),
];

const changeResponse = ({ node, path }: Visited): Mutant[] => [
  ...changeMediaTypes(node, path),
  ...Object.keys((node['headers'] ?? {}) as Json).flatMap((name) => [
    createMutant('response-header-dropped', [...path, 'headers', name], undefined, name),
    createMutant(
      'response-header-renamed',
      [...path, 'headers'],
      renameKey(node['headers'] as Json, name, `X-${name}`),
      `${name} → X-${name}`,
    ),
  ]),
  ...(node['headers'] === undefined
    ? [
        createMutant(
          'response-header-added',
          [...path, 'headers'],
          { 'X-Added': { schema: { type: 'string' }, example: 'a' } },
          'X-Added',
        ),
      ]
    : []),
];

const changeMediaTypes = (node: Json, path: Path): Mutant[] => {
  const content = (node['content'] ?? {}) as Json;
  return Object.keys(content).flatMap((type) => [
    createMutant(
      'media-type-changed',
      [...path, 'content'],
      renameKey(content, type, 'application/xml'),
      `${type} → application/xml`,
    ),
    createMutant('media-type-dropped', [...path, 'content', type], undefined, type),
  ]);
};

const changeMedia = ({ node, path }: Visited): Mutant[] => [
  ...Object.keys((node['examples'] ?? {}) as Json).map((name) =>
    createMutant('example-dropped', [...path, 'examples', name], undefined, name),
  ),
  ...(node['schema'] === undefined
    ? []
    : [createMutant('body-schema-dropped', [...path, 'schema'], undefined, 'no schema')]),
];

const CHANGES: Partial<Record<Visited['role'], (visited: Visited) => Mutant[]>> = {
  parameter: changeParameter,
  header: changeParameter,
  requestBody: changeRequestBody,
  response: changeResponse,
  media: changeMedia,
};

export const mutateMessages = (document: Json): Mutant[] =>
  [...visit(document)]
    .filter((visited) => !isReference(visited))
    .flatMap((visited) => CHANGES[visited.role]?.(visited) ?? []);

/** Each parameter of an operation dropped, by its entry, because a component has several users. */
export const dropParameters = (document: Json): Mutant[] =>
  listOperations(document).flatMap(({ id, path, method, operation }) =>
    ((operation['parameters'] ?? []) as Json[]).map((entry, index) =>
      createMutant(
        'parameter-dropped',
        ['paths', path, method, 'parameters', index],
        undefined,
        `${id}: ${String(entry['$ref'] ?? entry['name'])}`,
      ),
    ),
  );

/** Each reference to the next component of its kind, and to the one before. */
export function swapReferences(document: Json): Mutant[] {
  const components = (document['components'] ?? {}) as Record<string, Json>;
  return [...visit(document)].filter(isReference).flatMap(({ node, path }) => {
    const ref = String(node['$ref']);
    const [, , section = '', name = ''] = ref.split('/');
    const siblings = Object.keys(components[section] ?? {});
    const at = siblings.indexOf(name);
    const others = [siblings.at(at - 1), siblings[(at + 1) % siblings.length]];
    return [...new Set(others)]
      .filter((other) => other !== undefined && other !== name)
      .map((other) =>
        createMutant(
          'reference-swapped',
          [...path, '$ref'],
          `#/components/${section}/${other}`,
          `${name} → ${other}`,
        ),
      );
  });
}
