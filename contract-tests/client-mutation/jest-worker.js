/** Runs test files in this process, one after the other, so that Jest is loaded once for many runs. */
import { runCLI } from 'jest';

const ROOT = process.cwd();

async function run({ files, options, env }) {
  process.chdir(ROOT); // a test that failed may have left it
  for (const [name, value] of Object.entries(env)) {
    if (value === null) delete process.env[name];
    else process.env[name] = value;
  }
  const argv = {
    $0: 'jest',
    _: files,
    runTestsByPath: true,
    runInBand: true,
    silent: true,
    cacheDirectory: '.cache/jest',
    watchman: false,
    reporters: [],
    ...options,
  };
  const { results } = await runCLI(argv, [ROOT]);
  return {
    tests: results.testResults.flatMap(({ testFilePath, testResults, testExecError }) => [
      ...testResults.map(({ fullName, status }) => ({ file: testFilePath, fullName, status })),
      ...(testExecError ? [{ file: testFilePath, fullName: WHOLE_FILE, status: 'failed' }] : []),
    ]),
    isSuccess: results.success,
  };
}

const WHOLE_FILE = 'the file as a whole';

process.on('message', async (message) => {
  try {
    process.send(await run(message));
  } catch (error) {
    process.send({ broken: String(error?.stack ?? error) });
  }
});
