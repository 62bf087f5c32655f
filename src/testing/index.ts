/** `aep-batch/testing`: a platform on loopback to test pipelines against. */
export type { Fault, FaultAction, RandomFaults } from './faults.js';
export type {
  Outcome,
  PlatformQuirks,
  SimulatedCredential,
  SimulatedDataset,
  SimulatorOptions,
} from './options.js';
export type { LogEntry } from './server/server.js';
export { type Simulator, startSimulator, type UploadedFile } from './simulator.js';
