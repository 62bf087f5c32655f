/** `--log-format`: lines on stderr with their times, for jobs whose output goes to a file. */

export type LogFormat = 'text' | 'json';

type Level = 'error' | 'warning' | 'info';
const LEVEL = /^(error|warning|note): /;

/**
 * The lines of a text, each with the time and its level; as JSON, the text is one object on one line:
 * `{time, level, message}`.
 */
export function formatLog(format: LogFormat, text: string, now = new Date()): string {
  const time = now.toISOString();
  const named = LEVEL.exec(text)?.[1];
  const level: Level = named === 'error' || named === 'warning' ? named : 'info';
  const message = text.replace(LEVEL, '');
  if (format === 'json') return JSON.stringify({ time, level, message });
  return message
    .split('\n')
    .map((line) => `${time} ${level} ${line}`)
    .join('\n');
}
