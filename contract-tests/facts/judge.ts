/** All facts about a document, in an order that finds a change soon. */
import type { Json } from '../../spec-tools/operations.js';
import { judgeMarks } from './judge-marks.js';
import {
  judgeOperationNames,
  judgeParameters,
  judgePlace,
  judgeRequestBody,
  judgeResponses,
} from './judge-operations.js';
import { judgeOperation, type Send } from './judge-requests.js';
import { judgeSchema } from './judge-schemas.js';
import { Messages } from './messages.js';

/** What to look at: the schemas and operations that a change can reach. */
export interface Scope {
  schemas: readonly string[];
  operations: readonly string[];
  /** Whether Prism can see it, too. */
  hasRequests: boolean;
}

export interface Failure {
  /** The group of facts that found it. */
  by: string;
  problem: string;
}

/** The first fact that a document contradicts, if there is one. */
export async function findFailure(
  document: Json,
  scope: Scope,
  createPrism: (document: Json) => Promise<Send>,
): Promise<Failure | undefined> {
  for await (const { by, problems } of judge(document, scope, createPrism)) {
    const [problem] = problems;
    if (problem !== undefined) return { by, problem };
  }
  return undefined;
}

interface Judged {
  by: string;
  problems: string[];
}

async function* judge(
  document: Json,
  scope: Scope,
  createPrism: (document: Json) => Promise<Send>,
): AsyncGenerator<Judged> {
  const { schemas, operations } = scope;
  yield { by: 'operations', problems: judgeOperationNames(document) };
  yield { by: 'marks', problems: judgeMarks(document) };
  yield { by: 'places', problems: operations.flatMap((id) => judgePlace(document, id)) };
  const messages = new Messages(document);
  for (const name of schemas) yield { by: 'schemas', problems: judgeSchema(messages, name) };
  for (const id of operations) {
    yield { by: 'parameters', problems: judgeParameters(messages, id) };
    yield { by: 'request bodies', problems: judgeRequestBody(messages, id) };
    yield { by: 'responses', problems: judgeResponses(messages, id) };
  }
  if (!scope.hasRequests) return;
  const send = await createPrism(document);
  for (const id of operations) yield { by: 'requests', problems: await judgeOperation(send, id) };
}
