/** The page of the benchmarks: bench/RESULTS.md with plots. */
import { formatReport } from '../../bench/report/markdown.js';
import { drawPlot } from '../../bench/report/plots.js';
import { readResults } from '../../bench/report/results.js';
import { formatCode } from './markdown.js';

/** docs/.vitepress/plots.ts shows the drawings. */
export const writeBenchmarkPage = (): string =>
  formatReport('Benchmarks', readResults(), (plot, id) =>
    formatCode(drawPlot(plot, `plot-${id}`), 'svg-plot'),
  );
