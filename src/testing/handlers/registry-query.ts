/** Conditions on a field of the Schema Registry: `@type==xdm:descriptorIdentity`. */
import { registryProblem } from '../platform/http-error.js';

/** @throws {HttpError} 400 for a condition that the registry does not know. */
export function createPropertyFilter(text: string): (entry: object) => boolean {
  const [, name = '', operator, value = ''] = /^([@\w:.-]+)(?:(==|!=|~)(.*))?$/.exec(text) ?? [];
  if (name === '') {
    throw registryProblem(400, undefined, `The condition ${text} is invalid`, 'report');
  }
  return (entry) => {
    const found = (entry as Record<string, unknown>)[name];
    if (operator === undefined) return found !== undefined;
    if (operator === '~') return String(found ?? '').includes(value);
    return (String(found) === value) === (operator === '==');
  };
}
