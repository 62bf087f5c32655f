/** `aep-batch/testing`: a simulated platform on loopback to test pipelines against. */
export type { Fault, FaultAction, RandomFaults } from './faults.js';
export { LOYALTY_DATASET_ID, loyaltyMembers } from './loyalty-members.js';
export type {
  Outcome,
  SimulatedCredential,
  SimulatedDataset,
  SimulatedDescriptor,
  SimulatedSchema,
  SimulatorOptions,
} from './options.js';
export type { PlatformQuirks } from './quirks.js';
export type { LogEntry } from './server/respond.js';
export { type Simulator, startSimulator, type UploadedFile } from './simulator.js';
