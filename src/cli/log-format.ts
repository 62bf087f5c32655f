/** `--log-format`: lines on stderr with their times, for jobs whose output goes to a file. */
import { printable } from '../shared/printable.js';

export type LogFormat = 'text' | 'json';

/** What a line of JSON has besides its text. docs/json-output.schema.json describes it. */
export interface LogFields {
  /** How far an ingest is. */
  progress?: object;
  /** A warning or a note, with the file and line that it is about. */
  finding?: object;
}

type Level = 'error' | 'warning' | 'info';
const LEVEL = /^(error|warning|note): /;

/**
 * The lines of a text, each with the time and its level; as JSON, the text is one object on one line:
 * `{time, level, message}` and the fields.
 */
export function formatLog(
  format: LogFormat,
  text: string,
  now = new Date(),
  fields: LogFields = {},
): string {
  const time = now.toISOString();
  const named = LEVEL.exec(text)?.[1];
  const level: Level = named === 'error' || named === 'warning' ? named : 'info';
  const message = text.replace(LEVEL, '');
  if (format === 'json') return printable(JSON.stringify({ time, level, message, ...fields }));
  return message
    .split('\n')
    .map((line) => `${time} ${level} ${line}`)
    .join('\n');
}
