import { TestEnvironment as NodeEnvironment } from 'jest-environment-node';

/** Skips the tests of a file that follow the first one that fails, which Jest's own `--bail` runs. */
export default class StopAtFailureEnvironment extends NodeEnvironment {
  #hasFailed = false;

  handleTestEvent(event) {
    if (event.name === 'test_fn_failure' || event.name === 'hook_failure') this.#hasFailed = true;
    if (event.name === 'test_start' && this.#hasFailed) event.test.mode = 'skip';
  }
}
