/**
 * What is known not to work, and why. A check that fails and is not listed fails the run, and so does one that is
 * listed and passes.
 */
export const KNOWN_LIMITS: Readonly<Record<string, string>> = {
  'jest: test':
    'it runs tests as CommonJS and cannot load ESM: run it with `node --experimental-vm-modules`, as in the row above',
};
