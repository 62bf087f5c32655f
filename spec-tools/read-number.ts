/** Numbers that a developer gives to a make target by its environment, such as `SEED=2`. */

/** A variable that is not set or empty has the default. Throws for anything but digits. */
export function readNumber(name: string, fallback: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return fallback;
  if (/^\d+$/.test(text)) return Number(text);
  throw new Error(`Invalid ${name}: expected a whole number, received ${text}.`);
}

/** For scripts: an invalid number ends the process with exit code 2 and one line. */
export function readNumberOrExit(name: string, fallback: number): number {
  try {
    return readNumber(name, fallback);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}
