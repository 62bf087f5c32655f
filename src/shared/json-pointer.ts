/** A name or an index as a step of a JSON pointer, without its slash (RFC 6901). */
export const toStep = (name: string | number): string =>
  String(name).replaceAll('~', '~0').replaceAll('/', '~1');
