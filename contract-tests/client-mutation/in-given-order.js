/** Runs test files in the order of ORDER (a JSON list): Jest's own order depends on what ran before. */
export default class InGivenOrder {
  sort(tests) {
    const order = JSON.parse(process.env['ORDER']);
    const place = ({ path }) => order.findIndex((file) => path.endsWith(`/${file}`));
    return [...tests].sort((a, b) => place(a) - place(b));
  }

  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {}
}
