/** Finds which cells of the contract the recorded exchanges cover. */
import type { Json } from '../../spec-tools/operations.js';
import { createJudge, type Judge } from './judge.js';
import { type Cell, listCells } from './model.js';
import { createRouter, type Router } from './routes.js';
import type { RecordedExchange } from './traffic.js';

export interface CoveredCell extends Cell {
  /** The first exchange that covers it, for people: method, target, status and who sent the response. */
  first?: string;
  /** The tests whose exchanges cover it. */
  tests: ReadonlySet<string>;
}

export interface Coverage {
  cells: CoveredCell[];
  /** Exchanges about which the guard and this judgement differ, each in one line. */
  differences: string[];
  exchanges: number;
}

export function measureCoverage(document: Json, traffic: readonly RecordedExchange[]): Coverage {
  const cells = new Map(
    listCells(document).map((cell) => [cell.name, { ...cell, tests: new Set<string>() } as Entry]),
  );
  const router = createRouter(document);
  const judge = createJudge(document);
  const differences = new Set<string>();
  for (const exchange of traffic) {
    const { covered, difference } = judgeExchange(judge, router, exchange);
    if (difference !== undefined) differences.add(difference);
    for (const name of covered) {
      const cell = cells.get(name);
      if (cell === undefined) continue;
      cell.first ??= formatExchange(exchange);
      cell.tests.add(exchange.test);
    }
  }
  return { cells: [...cells.values()], differences: [...differences], exchanges: traffic.length };
}

interface Entry extends Cell {
  first?: string;
  tests: Set<string>;
}

const getTarget = (url: string): string => url.replace(/^https?:\/\/[^/]+/, '');

export const formatExchange = ({ request, response, by }: RecordedExchange): string =>
  `${request.method} ${getTarget(request.url)} -> ${response.status} by ${by}`;

function judgeExchange(
  judge: Judge,
  router: Router,
  exchange: RecordedExchange,
): { covered: readonly string[]; difference?: string } {
  const { request, response, verdict, isTruncated } = exchange;
  const target = getTarget(request.url);
  const match = router(request.method, target);
  if (match === undefined || isTruncated) return { covered: [] };
  const sent = judge.judgeRequest(match, target, { ...request, body: request.body ?? '' });
  const received = () =>
    judge.judgeResponse(match.operation, response.status, {
      ...response,
      body: response.body ?? '',
    });
  if (verdict === 'request rejected') return findRejecting(exchange, sent.violations);
  const { violations, seen } = received();
  if (verdict === 'response rejected') return findRejecting(exchange, violations);
  const wrong = [...sent.violations, ...violations];
  if (wrong.length > 0) {
    return {
      covered: [],
      difference: `accepted, but invalid: ${formatExchange(exchange)}: ${wrong.join('; ')}`,
    };
  }
  return { covered: [...sent.seen, ...seen] };
}

/** A rejected message covers what rejected it only if nothing else was wrong with it. */
function findRejecting(exchange: RecordedExchange, violations: readonly string[][]) {
  if (violations.length === 1) return { covered: violations[0] ?? [] };
  if (violations.length > 1) return { covered: [] };
  return {
    covered: [],
    difference: `rejected, but valid: ${formatExchange(exchange)}: ${exchange.problem}`,
  };
}
