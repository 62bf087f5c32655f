import { writeFileSync } from 'node:fs';

/**
 * Ends the run with the first test that fails and writes which one it was to the file that FIRST_FAILURE names.
 * Jest's own `--bail` first runs the rest of the file, which takes most of the time of a mutant.
 */
export default class FirstFailureReporter {
  onTestCaseResult(test, { status, fullName }) {
    if (status === 'failed') endRun(test.path, fullName);
  }

  onTestResult(test, { testExecError, numFailingTests }) {
    if (testExecError || numFailingTests > 0) endRun(test.path, 'the file as a whole');
  }
}

function endRun(file, title) {
  writeFileSync(process.env['FIRST_FAILURE'], JSON.stringify({ file, title }));
  process.exit(1);
}
