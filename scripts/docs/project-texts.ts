/** The texts of the project that are pages of the site, too, by the names of the pages. */
export const PROJECT_TEXTS: Readonly<Record<string, string>> = {
  contributing: 'CONTRIBUTING.md',
  benchmarks: 'bench/RESULTS.md',
  changelog: 'CHANGELOG.md',
  security: 'SECURITY.md',
};
