/** Validates values and texts against the schemas of a document. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { dereference, type Json, withoutExamples } from '../../spec-tools/operations.js';

export class Messages {
  readonly document: Json;
  readonly #ajv = new Ajv2020({
    strict: false,
    validateSchema: false,
    // The client and the platform send what the caller gave: no schema may add a value.
    useDefaults: true,
    logger: false,
  });
  readonly #compiled = new Map<unknown, ValidateFunction>();

  constructor(document: Json) {
    this.document = document;
    addFormats.default(this.#ajv);
    this.#ajv.addFormat('binary', true);
    this.#ajv.addSchema(withoutExamples(document), 'document');
  }

  /** Whether a schema accepts a value, and leaves it as it is. */
  accepts(schema: unknown, value: unknown): boolean {
    let check = this.#compiled.get(schema);
    if (check === undefined) {
      // Make its `$ref`s absolute, so that they resolve outside the document, too.
      check = this.#ajv.compile(
        JSON.parse(JSON.stringify(schema ?? false).replaceAll('"#/', '"document#/')),
      );
      this.#compiled.set(schema, check);
    }
    const before = JSON.stringify(value);
    return check(value) && JSON.stringify(value) === before;
  }

  /** The same for the text of a parameter or header, in any of its readings. */
  acceptsText(schema: unknown, text: string): boolean {
    return this.#listReadings(schema, text).some((value) => this.accepts(schema, value));
  }

  /** Text that cannot have another type of the schema is only text. */
  #listReadings(schema: unknown, text: string): unknown[] {
    const types = [dereference(this.document, schema)?.['type']].flat();
    const isNumber = types.includes('integer') || types.includes('number');
    const readings = [
      ...(types.includes('boolean') && /^(true|false)$/.test(text) ? [text === 'true'] : []),
      ...(isNumber && /^-?\d+(\.\d+)?$/.test(text) ? [Number(text)] : []),
    ];
    return readings.length === 0 || types.includes('string') ? [...readings, text] : readings;
  }
}
