import type { Calls, ContainerFigures } from './measure/container.ts';
import type { Size } from './measure/size.ts';
import type { Measurements } from './measurements.ts';
import { toSpread } from './series.ts';
import type { Target } from './target.ts';

/** Counts and bytes, which do not depend on the machine's load. */
export function toExactTargets({ container, size }: Measurements): Target[] {
  return [...toForwardedTargets(container), ...toPacedTargets(container), ...toSizeTargets(size)];
}

/** Heartbeats whose timeout nobody names: 17 a second, of one key. */
function toForwardedTargets({ calls, heartbeats, tasks, minutes }: ContainerFigures): Target[] {
  const swf = sumOf(calls, 'swf.');
  // The heartbeats of the measurement have one key, which is read every 50 s.
  const keyReads = sumOf(calls, 'dynamodb.BatchGetItem');
  const writes = sumOf(calls, 'dynamodb.UpdateItem TaskStates');
  const leases = sumOf(calls, 'dynamodb.UpdateItem RateLimits');
  const others = sumOf(calls, 'dynamodb.') - keyReads - writes - leases;
  return [
    most('SWF calls per steady heartbeat, at most', swf / heartbeats, 1),
    least('SWF calls per steady heartbeat, at least', swf / heartbeats, 1),
    most('STS calls per steady heartbeat', sumOf(calls, 'sts.') / heartbeats, 0),
    most('KMS calls per steady heartbeat', sumOf(calls, 'kms.') / heartbeats, 0),
    most('DynamoDB reads per key, container and minute', keyReads / minutes, 60 / 50),
    most('DynamoDB writes per task, container and minute', writes / (tasks * minutes), 1),
    // One for the key and one for the domain cover 20 heartbeats each.
    most('DynamoDB leases per steady heartbeat', leases / heartbeats, 2 / 20),
    most('other DynamoDB calls per steady heartbeat', others / heartbeats, 0),
  ];
}

/** Heartbeats of tasks with a timeout of 300 s: one is due every 100 s. */
function toPacedTargets({ pacedCalls: calls, heartbeats, tasks, minutes }: ContainerFigures): Target[] {
  const swf = sumOf(calls, 'swf.');
  const reads = sumOf(calls, 'dynamodb.GetItem TaskStates');
  const writes = sumOf(calls, 'dynamodb.UpdateItem TaskStates');
  const leases = sumOf(calls, 'dynamodb.UpdateItem RateLimits');
  const others = sumOf(calls, 'dynamodb.') - sumOf(calls, 'dynamodb.BatchGetItem') - reads - writes - leases;
  return [
    most('SWF calls per paced task and minute, at most', swf / (tasks * minutes), 60 / 100),
    least('SWF calls per paced task and minute, at least', swf / (tasks * minutes), 60 / 120),
    most('DynamoDB reads per paced heartbeat', reads / heartbeats, 1),
    most('DynamoDB writes per forwarded heartbeat of a paced task', writes / swf, 1),
    most('DynamoDB leases per paced heartbeat', leases / heartbeats, 0.01),
    most('other DynamoDB calls per paced heartbeat', others / heartbeats, 0),
  ];
}

function toSizeTargets({ bytes, gzipBytes }: Size): Target[] {
  return [most('bundle, KB', bytes / 1_000, 300, 280), most('bundle, KB gzip', gzipBytes / 1_000, 115, 100)];
}

function sumOf(calls: Calls, prefix: string): number {
  return Object.entries(calls).reduce((sum, [name, count]) => (name.startsWith(prefix) ? sum + count : sum), 0);
}

function most(what: string, value: number, must: number, aim = must): Target {
  return { what, must, aim, isA: 'most', isExact: true, measured: toSpread([value]) };
}

function least(what: string, value: number, must: number): Target {
  return { what, must, aim: must, isA: 'least', isExact: true, measured: toSpread([value]) };
}
