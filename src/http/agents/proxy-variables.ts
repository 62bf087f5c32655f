/** As in curl, the names in lower case come first, and an empty variable counts as not set. */
const PROXY_VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];

/** A variable of the environment that has a value. */
export interface Variable {
  readonly name: string;
  readonly value: string;
}

/** The variable that names a proxy, if there is one; for which origins is another question. */
export const readProxyVariable = (): Variable | undefined => readEnvironment(...PROXY_VARIABLES);

/** The first of the variables that has a value. */
export function readEnvironment(...names: string[]): Variable | undefined {
  for (const name of names) {
    const value = process.env[name]?.trim();
    if (value) return { name, value };
  }
  return undefined;
}
