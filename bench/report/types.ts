/** What a benchmark publishes, and what bench/results/ keeps of it. */

/** Cells may have Markdown; the first column is text, the others are numbers. */
export interface Table {
  header: readonly string[];
  rows: readonly (readonly string[])[];
}

export interface Goal {
  /** Such as `at least 3.5 × bare fetch`. */
  text: string;
  /** With its unit, such as `3.61 ×`. */
  measured: string;
  isMet: boolean;
}

/** The line of a plot that ours has to reach, or to stay below. */
export interface GoalLine {
  value: number;
  /** Such as `at least 3.5`. */
  text: string;
}

export interface Bar {
  /** At most 44 characters, which fit on a phone; without Markdown. */
  label: string;
  value: number;
  isOurs?: boolean;
}

/** Drawn with the best on top. */
export interface BarPlot {
  kind: 'bars';
  /** What is drawn, with its unit, such as `calls per second, × bare fetch`. */
  title: string;
  better: 'more' | 'less';
  bars: readonly Bar[];
  goal?: GoalLine;
}

export interface Series {
  /** At most 44 characters, without Markdown. */
  label: string;
  /** In the order of `x`. */
  points: readonly (readonly [x: number, y: number])[];
  isOurs?: boolean;
}

export interface LinePlot {
  kind: 'lines';
  /** What is drawn upwards, with its unit, such as `peak memory, MB`. */
  title: string;
  /** What is drawn to the right, with its unit, such as `size of the file, GiB`. */
  x: string;
  series: readonly Series[];
  goal?: GoalLine;
}

export type Plot = BarPlot | LinePlot;

export interface Benchmark {
  /** Of its file in bench/results/, such as `small-calls`. */
  name: string;
  title: string;
  /** The command that runs it alone. */
  command: string;
  /** What is measured and how, as Markdown; the goals are listed below it. */
  description: string;
  goals: readonly Goal[];
  tables: readonly Table[];
  plots: readonly Plot[];
}

/** When and where it was measured. */
export interface Measurement {
  /** As `2026-11-22`. */
  date: string;
  node: string;
  cores: number;
  /** The model of the processor. */
  cpu?: string;
  /** The revision that was measured; with `+` if the files were not those of it. */
  commit?: string;
  /** Whether other work took a part of the machine when it began. */
  isBusy?: boolean;
}

export type Result = Benchmark & { measurement: Measurement };
