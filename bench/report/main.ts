/** Writes bench/RESULTS.md again from bench/results/. */
import { writeReport } from './results.js';

writeReport();
