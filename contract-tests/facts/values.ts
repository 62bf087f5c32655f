/**
 * Values that a schema must accept and values that it must reject. They are written by hand from the sources of
 * the API and never read from the document: a fact that is loosened or dropped there still stands here.
 */
export interface Values {
  readonly accept: readonly unknown[];
  readonly refuse: readonly unknown[];
}

/** A name that no schema has, in text that no narrow pattern matches. */
export const SURPLUS = 'surplus é+&/ %';
const ODD = 'É+&=/ %2F?#"\\日本';
const LONG = 'x'.repeat(5000);
const NO_TEXT = [7, true, null, ['a'], { a: 'a' }];
const NO_NUMBER = ['0', true, null, [0], {}];
/** 2100-01-01, in milliseconds; larger than any 32-bit number. */
const LATE = 4_102_444_800_000;
/** No source limits a number or a date further than JSON in JavaScript does. */
const MOST = Number.MAX_SAFE_INTEGER;
const LINES = 'two\nlines';

const values = (accept: readonly unknown[], refuse: readonly unknown[]): Values => ({
  accept,
  refuse,
});

export const anyText = values(['a', '', ODD, LONG, LINES], NO_TEXT);
export const text = values(['a', ODD, LONG, LINES], ['', ...NO_TEXT]);
export const flag = values([true, false], ['true', 0, null, [], {}]);
export const integer = values([0, -7, 7, LATE, MOST, -MOST], [0.5, ...NO_NUMBER]);
export const count = values([0, 1, 7, LATE, MOST], [-1, 0.5, ...NO_NUMBER]);
/** -1 means unknown. */
export const countOrUnknown = values([-1, 0, 7, LATE, MOST], [-2, 0.5, ...NO_NUMBER]);
export const percent = values([0, 100, 33.3, 7], [-0.1, -1, 100.1, 101, ...NO_NUMBER]);
export const httpStatus = values([100, 404, 599], [99, 600, 404.5, ...NO_NUMBER]);
export const anyNumberOrText = values([0, -7, 0.5, MOST, -MOST, 'x', ''], [true, null, [], {}]);
export const textOrInteger = values(
  ['A', '', ODD, LONG, LINES, 0, -7, MOST, -MOST],
  [0.5, true, null, [], {}],
);
/** Published with placeholders, too. */
export const digits = values(
  ['0', '249058', '4102444800000', '{SIZE}'],
  ['', '-1', '1.5', 'x', '12 ', ' 12', '{A B}', '{}', 'a{A}', 7, null],
);
export const digitsOrCount = values(
  [...digits.accept, 0, 249058, MOST],
  [...digits.refuse.filter((value) => value !== 7), -1, 0.5, true],
);
export const semanticVersion = values(
  ['1.0.0', '10.20.30', '1.0.0-rc.1', '1.0.0+build'],
  [
    ...['', '1', '1.0', '1.0.0.1', 'v1.0.0', '1.0.0 ', ' 1.0.0', '1.0.0-', '1.a.0'],
    ...['.0.0', '1..0', '1.0.', ...NO_TEXT],
  ],
);
export const gatewayCode = values(
  ['403010', '429050', '000000'],
  ['', '40301', '4030100', '40301a', ' 403010', 403010, null],
);
export const anyObject = values([{}, { a: 1, [SURPLUS]: [null] }], ['text', 7, true, null, []]);

/** @param accepted all values of an enum. */
export const chooseFrom = (...accepted: readonly string[]): Values =>
  values(accepted, ['no-such-value', '', ...accepted.map(swapCase), ...NO_TEXT]);
const swapCase = (word: string) =>
  word === word.toLowerCase() ? word.toUpperCase() : word.toLowerCase();

export const list = (items: Values, { min = 0 } = {}): Values => {
  const [first, second = first] = items.accept;
  return values(
    [
      [first],
      ...(min === 0 ? [[]] : []),
      [first, first, second],
      Array.from({ length: 150 }, () => first),
      ...items.accept.map((item) => [item]),
    ],
    [
      ...['text', 7, true, null, {}],
      ...(min === 0 ? [] : [[]]),
      ...items.refuse.flatMap((item) => [[item], [first, item]]),
    ],
  );
};

/** An object with any keys. */
export const map = (items: Values, { min = 0 } = {}): Values => {
  const [first] = items.accept;
  const many = Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`key-${at}`, first]));
  return values(
    [
      { a: first },
      ...(min === 0 ? [{}] : []),
      { [SURPLUS]: first, b: first },
      many,
      ...items.accept.map((item) => ({ a: item })),
    ],
    [
      ...['text', 7, true, null, []],
      ...(min === 0 ? [] : [{}]),
      ...items.refuse.map((item) => ({ a: item })),
    ],
  );
};

type Fields = Readonly<Record<string, Values>>;
interface ObjectOptions {
  /** Whether other fields are allowed, and with which values. Default: any. */
  others?: 'any' | 'none' | Values;
}

/**
 * An object; the names of its required fields end in `!`.
 * A value is refused for one reason alone, with only the required fields beside it.
 */
export function object(marked: Fields, { others = 'any' }: ObjectOptions = {}): Values {
  const fields = Object.entries(marked).map(([name, own]) => ({
    name: name.replace(/!$/, ''),
    isRequired: name.endsWith('!'),
    own,
  }));
  const build = (chosen: typeof fields) =>
    Object.fromEntries(chosen.map(({ name, own }) => [name, own.accept[0]]));
  const required = fields.filter(({ isRequired }) => isRequired);
  const minimal = build(required);
  const full = build(fields);
  const surplus = others === 'any' ? ['x', 7, null, {}] : others === 'none' ? [] : others.accept;
  const surplusRefused = others === 'none' ? ['x', 7, null] : others === 'any' ? [] : others.refuse;
  return values(
    [
      minimal,
      full,
      ...fields.flatMap(({ name, own }) =>
        own.accept.map((value) => ({ ...minimal, [name]: value })),
      ),
      ...surplus.flatMap((value) => [
        { ...minimal, [SURPLUS]: value },
        { ...full, [SURPLUS]: value },
      ]),
    ],
    [
      ...['text', 7, true, null, []],
      ...required.map(({ name }) => build(required.filter((one) => one.name !== name))),
      ...fields.flatMap(({ name, own }) =>
        own.refuse.map((value) => ({ ...minimal, [name]: value })),
      ),
      ...surplusRefused.map((value) => ({ ...minimal, [SURPLUS]: value })),
    ],
  );
}

/**
 * What one of several forms accepts, or a value that has several forms at once.
 * @param isOther whether a value that its own form refuses has another form.
 */
export const anyForm = (
  forms: readonly Values[],
  isOther: (value: unknown) => boolean = () => false,
): Values =>
  values(
    [...forms.flatMap(({ accept }) => accept), ...combine(forms)],
    forms.flatMap(({ refuse }) => refuse).filter((value) => !isOther(value)),
  );

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The smallest objects of each two forms in one. */
const combine = (forms: readonly Values[]): object[] => {
  const smallest = forms.map(({ accept }) => accept[0]).filter(isObject);
  return smallest.flatMap((one, at) =>
    smallest.slice(at + 1).map((other) => ({ ...one, ...other })),
  );
};

/** The same with further values. */
export const extend = (base: Values, more: Partial<Values>): Values =>
  values([...base.accept, ...(more.accept ?? [])], [...base.refuse, ...(more.refuse ?? [])]);
