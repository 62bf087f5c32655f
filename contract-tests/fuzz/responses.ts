/** Responses of every operation, generated from the document: valid ones, and ones with one violation. */
import fc from 'fast-check';
import { document } from '../../spec-tools/bundled-document.js';
import { dereference, type Json, listOperations } from '../../spec-tools/operations.js';
import { texts, valuesFor } from './schema-values.js';
import { namedSchema, type Target, targets } from './targets.js';
import { type Path, violate } from './violations.js';

/** One response, and the method that gets it. */
export interface ResponseCase {
  title: string;
  status: number;
  contentType: string | undefined;
  headers: Record<string, string>;
  /** What is sent where the request does not ask for bytes. */
  body: string;
  /** What is sent where it does, a line for each. */
  lines: unknown[];
  violation?: ResponseViolation;
}

export interface ResponseViolation {
  rule: string;
  in: 'body' | 'lines' | 'header' | 'syntax';
  at: Path;
  schema?: unknown;
}

/** One response that the document describes for an operation. */
interface Described {
  status: number;
  contentType: string | undefined;
  schema: unknown;
  headers: [name: string, required: boolean, schema: unknown][];
}

/** What a header can hold. */
const HEADER_TEXT = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
/** Content types that no method asks for. */
const NOT_ASKED = /-notext|xed\+json|xdm-v2|xdm-link|octet-stream/;

const describe = ({ operation, success, page }: Target): Described[] => {
  const found = listOperations(document).find(({ id }) => id === operation);
  return Object.entries((found?.operation['responses'] ?? {}) as Json).flatMap(
    ([code, entry]): Described[] => {
      const status = Number(code);
      if (status < 300 && success?.includes(status) === false) return [];
      const response = dereference(document, entry);
      const headers = Object.entries((response['headers'] ?? {}) as Json).map(
        ([name, node]): Described['headers'][number] => {
          const { required, schema } = dereference(document, node);
          return [name.toLowerCase(), required === true, schema];
        },
      );
      const content = Object.entries((response['content'] ?? {}) as Record<string, Json>);
      const read = content.filter(([type]) => !NOT_ASKED.test(type));
      if (read.length === 0)
        return [{ status, contentType: undefined, schema: undefined, headers }];
      return read.map(([contentType, media]) => {
        const schema = page !== undefined && status < 300 ? namedSchema(page) : media['schema'];
        return { status, contentType, schema, headers };
      });
    },
  );
};

function headerValues(described: Described['headers']): fc.Arbitrary<Record<string, string>> {
  const all = described.map(([name, required, schema]) => {
    const ranges = fc
      .array(fc.tuple(fc.nat(99), fc.nat(99)), { minLength: 1, maxLength: 2 })
      .map(
        (pairs) => `bytes=${pairs.map(([start, size]) => `${start}-${start + size}`).join(', ')}`,
      );
    const any = valuesFor(schema)
      .map(String)
      .filter((text) => HEADER_TEXT.test(text));
    const own =
      name === 'range'
        ? fc.oneof(any, ranges)
        : name === 'retry-after'
          ? fc.nat(9).map(String)
          : any;
    return [name, required ? own : fc.option(own, { nil: undefined })] as const;
  });
  return fc
    .record(Object.fromEntries(all), { noNullPrototype: true })
    .map((values) =>
      Object.fromEntries(
        Object.entries(values).flatMap(([name, text]) =>
          text === undefined ? [] : [[name, text]],
        ),
      ),
    );
}

const isSuccess = ({ status }: Described): boolean => status < 300;

/** The parts of a valid response, before they are text. */
function parts(target: Target, described: Described) {
  const { lines, relate = (body: unknown) => body } = target;
  const body =
    described.schema === undefined ? fc.constant(undefined) : valuesFor(described.schema);
  const related = isSuccess(described) ? body.map((value) => relate(value)) : body;
  const line = lines === undefined ? undefined : valuesFor(namedSchema(lines));
  return fc.record(
    {
      body: related,
      headers: headerValues(described.headers),
      lines: line === undefined ? fc.constant<unknown[]>([]) : fc.array(line, { maxLength: 3 }),
    },
    { noNullPrototype: true },
  );
}

const toJson = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value));

function toCase(
  { title }: Target,
  { status, contentType }: Described,
  { body, ...rest }: { body: unknown; headers: Record<string, string>; lines: unknown[] },
): ResponseCase {
  return { title, status, contentType, ...rest, body: toJson(body) };
}

const cells = targets.flatMap((target) =>
  describe(target).map((described) => ({ target, described })),
);
/** Successes are read; of error responses most methods make the same. */
const toWeight = ({ described }: (typeof cells)[number]): number => (isSuccess(described) ? 12 : 1);

/** Responses that the document allows. */
export const validResponses: fc.Arbitrary<ResponseCase> = fc.oneof(
  ...cells.map((cell) => ({
    weight: toWeight(cell),
    arbitrary: parts(cell.target, cell.described).map((values) =>
      toCase(cell.target, cell.described, values),
    ),
  })),
);

/** Responses with one violation: of a schema, of a header, or of JSON itself. */
export const invalidResponses: fc.Arbitrary<ResponseCase> = fc.oneof(
  ...cells
    .filter(
      ({ target, described }) =>
        described.schema !== undefined ||
        target.lines !== undefined ||
        described.headers.length > 0,
    )
    .map((cell) => ({
      weight: toWeight(cell),
      arbitrary: breakResponse(cell.target, cell.described),
    })),
);

function breakResponse(target: Target, described: Described): fc.Arbitrary<ResponseCase> {
  const all = fc.tuple(parts(target, described), fc.nat(9), fc.nat(5000), texts());
  return all
    .map(([values, how, pick, text]): ResponseCase | undefined => {
      const valid = toCase(target, described, values);
      const isBodiless = described.schema === undefined && target.lines === undefined;
      if (described.headers.length > 0 && (how > 7 || isBodiless))
        return breakHeader(valid, described.headers, pick, text);
      if (how === 0 && described.schema !== undefined && target.lines === undefined) {
        return {
          ...valid,
          body: breakSyntax(valid.body, pick, text),
          violation: { rule: 'JSON', in: 'syntax', at: [] },
        };
      }
      if (target.lines !== undefined && values.lines.length > 0 && isSuccess(described)) {
        const schema = namedSchema(target.lines);
        const at = pick % values.lines.length;
        const found = violate(schema, values.lines[at], Math.floor(pick / values.lines.length));
        if (found === undefined) return undefined;
        const violation = {
          rule: found.rule,
          schema: found.schema,
          in: 'lines' as const,
          at: [at, ...found.at],
        };
        return { ...valid, lines: values.lines.with(at, found.value), violation };
      }
      if (described.schema === undefined) return undefined;
      const found = violate(described.schema, values.body, pick);
      if (found === undefined) return undefined;
      const { rule, at, schema, value } = found;
      return { ...valid, body: toJson(value), violation: { rule, in: 'body', at, schema } };
    })
    .filter((found) => found !== undefined);
}

/** What servers, and what stands in front of them, send for numbers, ranges and dates. */
const WRONG_TEXTS = [
  '-1|1.5|1e3|0x10|007|NaN|Infinity|null|none|*|,|;|"1"|\u00e9',
  'bytes|bytes=|bytes 0-|bytes=9-0|bytes=a-b|bytes 0-9/|bytes 0-9/x|0-9|items=0-9',
  'bytes=0-9,|bytes=0-9, 5-7|bytes=0-99999999999999999999',
  'Thu, 31 Feb 2026 99:00:00 GMT|yesterday|2026-01-01|5 seconds|7, x',
]
  .flatMap((all) => all.split('|'))
  .concat('9'.repeat(400));

/** A header that is missing, or has a text that no source shows. The document calls most of them texts of any kind. */
function breakHeader(
  valid: ResponseCase,
  headers: Described['headers'],
  pick: number,
  text: string,
): ResponseCase | undefined {
  const [name, required] = headers[pick % headers.length] ?? ['', false];
  const choice = Math.floor(pick / headers.length);
  const { [name]: _, ...others } = valid.headers;
  if (required && choice % 4 === 0)
    return { ...valid, headers: others, violation: { rule: 'required', in: 'header', at: [name] } };
  const texts = HEADER_TEXT.test(text) ? [...WRONG_TEXTS, text] : WRONG_TEXTS;
  const wrong = texts[choice % texts.length] ?? '';
  const violation = { rule: 'header', in: 'header' as const, at: [name] };
  return { ...valid, headers: { ...others, [name]: wrong }, violation };
}

/** What stands in front of a platform sends pages, half a body, or none. */
function breakSyntax(body: string, pick: number, text: string): string {
  const ways = [
    ...[body.slice(0, pick % Math.max(1, body.length)), `${body},`, `<html>${text}</html>`],
    ...['', 'null', text, '[]', '"text"', '{"a":', '0'],
  ];
  // Half a character arrives as a replacement character.
  return Buffer.from(ways[pick % ways.length] ?? '').toString();
}
