import type { Import } from './imports.ts';
import { SOURCE_FOLDERS } from './sources.ts';

interface Rule {
  /** The files that the rule is about. */
  readonly from: RegExp;
  /** What they may import: paths from the project's folder, and packages. */
  readonly may: RegExp;
  /** What they may import in addition, as types only. */
  readonly mayTypes?: RegExp;
}

const OWN_FOLDERS = [...SOURCE_FOLDERS, 'test'];
const ANY_PACKAGE = `(?![./])(?!(?:${OWN_FOLDERS.join('|')})/)`;
const CDK = 'aws-cdk-lib|constructs|cdk-nag';
/** What a key is, and what its secret is derived from: operators issue what the function reads. */
const KEY_FILES = 'workers/(?:worker-key|key-grant|key-record|known-key|mac-keys|mac-message|networks)';

/** The first rule whose `from` matches a file applies. Type imports count like all others. */
const RULES: readonly Rule[] = [
  { from: /^bin\//, may: /^lib\// },
  {
    from: /^lib\//,
    may: new RegExp(`^(?:lib/|lambda/environment/environment\\.ts$|node:|zod$|leven$|(?:${CDK})(?:/|$))`),
  },

  // What builds the package reads a synthesis. The package itself contains `lib/`, and nothing of this folder.
  { from: /^construct\//, may: /^(?:construct\/|local\/assembly\.ts$|esbuild$|zod$|node:)/ },

  {
    from: /^lambda\/index\.ts$/,
    may: /^lambda\/(?:(?:app|dependencies|prime|environment\/parse-environment)\.ts$|aws\/)/,
  },
  {
    from: /^lambda\/prime\.ts$/,
    may: /^(?:lambda\/(?:(?:app|dependencies|environment\/environment)\.ts$|aws\/|http\/|workers\/)|aws-lambda$)/,
  },
  {
    from: /^lambda\/dependencies\.ts$/,
    may: /^(?:lambda\/(?:(?:app|environment\/environment)\.ts$|aws\/|log\/|tasks\/|workers\/)|node:crypto$)/,
  },
  {
    from: /^lambda\/app\.ts$/,
    may: /^(?:lambda\/(?:environment\/environment\.ts$|tasks\/|workers\/|http\/)|@middy\/core$)/,
  },
  { from: /^lambda\/environment\/environment\.ts$/, may: /^node:crypto$/ },
  { from: /^lambda\/environment\/parse-environment\.ts$/, may: /^lambda\/environment\/environment\.ts$/ },
  { from: /^lambda\/bounded-map\.ts$/, may: /^(?!)/ },
  { from: /^lambda\/share\//, may: /^lambda\/(?:bounded-map\.ts$|share\/)/ },
  { from: /^lambda\/http\//, may: /^(?:lambda\/(?:bounded-map\.ts$|http\/)|@middy\/core$|aws-lambda$)/ },
  {
    from: /^lambda\/workers\//,
    may: /^(?:lambda\/(?:(?:bounded-map|environment\/environment)\.ts$|http\/|workers\/)|@middy\/core$|aws-lambda$|node:(?:crypto|net)$)/,
  },
  {
    from: /^lambda\/tasks\//,
    may: /^(?:lambda\/(?:(?:bounded-map|environment\/environment)\.ts$|http\/|share\/|workers\/|tasks\/)|node:crypto$)/,
  },
  {
    from: /^lambda\/log\//,
    may: /^(?:lambda\/(?:(?:bounded-map|environment\/environment)\.ts$|http\/|log\/)|@aws-lambda-powertools\/)/,
  },
  {
    from: /^lambda\/aws\//,
    may: /^(?:lambda\/(?:(?:bounded-map|environment\/environment)\.ts$|http\/|share\/|workers\/|tasks\/|aws\/)|@aws-sdk\/|@smithy\/|node:(?:crypto|https|async_hooks)$)/,
    // Loading node:http as a value costs a third of a cold start.
    mayTypes: /^node:http$/,
  },

  {
    from: /^operator\//,
    may: new RegExp(
      `^(?:operator/|lambda/(?:environment/environment|${KEY_FILES}|aws/(?:kms|worker-keys-table|worker-key-item|key-event-items))\\.ts$|(?!${CDK})${ANY_PACKAGE})`,
    ),
  },
  { from: /^local\//, may: new RegExp(`^(?:local/|operator/|lib/|(?!${CDK})${ANY_PACKAGE})`) },
  {
    from: /^cli\//,
    may: new RegExp(
      `^(?:cli/|local/|operator/|lib/settings\\.ts$|lambda/(?:environment/environment|${KEY_FILES})\\.ts$|package\\.json$|(?!${CDK})${ANY_PACKAGE})`,
    ),
  },
  { from: /^worker\//, may: /^(?:worker\/|node:)/ },
  {
    from: /^pictures\//,
    may: new RegExp(
      `^(?:pictures/|local/|operator/|test/cloudwatch/|test/strict/alarms-recording\\.ts$|(?!${CDK})${ANY_PACKAGE})`,
    ),
  },
  {
    from: /^simulate\//,
    may: /^(?:simulate\/|lambda\/(?:bounded-map\.ts$|http\/retry-hints\.ts$|share\/)|local\/aws\/swf\/quotas\.ts$|commander$|node:)/,
  },
];

/** @returns the imports that no rule allows. */
export function findForbidden(imports: readonly Import[]): Import[] {
  return imports.filter(({ file, target, isTypeOnly }) => {
    const rule = RULES.find(({ from }) => from.test(file));
    if (rule === undefined) return false;
    return !rule.may.test(target) && !(isTypeOnly && rule.mayTypes?.test(target) === true);
  });
}

/**
 * The files of the function that decide something. They use no SDK, environment, logger, clock or chance of their own:
 * what they need comes in as an argument, so tests need no stand-in for it.
 */
export const DECISION_FILES = [
  'lambda/share/closed-tasks.ts',
  'lambda/share/costs.ts',
  'lambda/share/decide.ts',
  'lambda/share/demand.ts',
  'lambda/share/fair-share.ts',
  'lambda/share/hanging-tokens.ts',
  'lambda/share/lease-pause.ts',
  'lambda/share/lease-writer.ts',
  'lambda/share/lease.ts',
  'lambda/share/leased-bucket.ts',
  'lambda/share/local-bucket.ts',
  'lambda/share/pacing.ts',
  'lambda/share/pressure.ts',
  'lambda/share/rate-limits.ts',
  'lambda/share/rate.ts',
  'lambda/share/retry-after.ts',
  'lambda/share/table-health.ts',
  'lambda/share/take-tokens.ts',
  'lambda/tasks/answer-failure.ts',
  'lambda/tasks/answer-without-swf.ts',
  'lambda/tasks/aws-heartbeat.ts',
  'lambda/tasks/aws-operation.ts',
  'lambda/tasks/batch/answer-batch.ts',
  'lambda/tasks/batch/in-turns.ts',
  'lambda/tasks/batch/parse-batch.ts',
  'lambda/tasks/call-outcome.ts',
  'lambda/tasks/call-swf.ts',
  'lambda/tasks/container.ts',
  'lambda/tasks/declared-pace.ts',
  'lambda/tasks/ends/answer-ended.ts',
  'lambda/tasks/ends/answer-refusal.ts',
  'lambda/tasks/ends/end-attempt.ts',
  'lambda/tasks/ends/end-routes.ts',
  'lambda/tasks/ends/end-rows.ts',
  'lambda/tasks/ends/end-task.ts',
  'lambda/tasks/ends/end.ts',
  'lambda/tasks/ends/ended-task.ts',
  'lambda/tasks/ends/ended-tasks.ts',
  'lambda/tasks/errors.ts',
  'lambda/tasks/find-task.ts',
  'lambda/tasks/heartbeat-answer.ts',
  'lambda/tasks/heartbeat-attempt.ts',
  'lambda/tasks/heartbeat.ts',
  'lambda/tasks/native-heartbeat.ts',
  'lambda/tasks/parse-native-heartbeat.ts',
  'lambda/tasks/pay.ts',
  'lambda/tasks/record-heartbeat.ts',
  'lambda/tasks/shared-heartbeat.ts',
  'lambda/tasks/task-state.ts',
  'lambda/workers/authenticate.ts',
  'lambda/workers/errors.ts',
  'lambda/workers/grant.ts',
  'lambda/workers/key-cache.ts',
  'lambda/workers/key-grant.ts',
  'lambda/workers/key-record.ts',
  'lambda/workers/key-use.ts',
  'lambda/workers/known-key.ts',
  'lambda/workers/mac-keys.ts',
  'lambda/workers/mac-message.ts',
  'lambda/workers/networks.ts',
  'lambda/workers/proof.ts',
  'lambda/workers/requested-domain.ts',
  'lambda/workers/seen-signatures.ts',
  'lambda/workers/signature-date.ts',
  'lambda/workers/sigv4.ts',
  'lambda/workers/source-address.ts',
  'lambda/workers/verify-proof.ts',
  'lambda/workers/worker-key.ts',
];

const IMPURE =
  /\bDate\.now\b|\bnew Date\(\)|\bperformance\b|\bprocess\.|\bMath\.random\b|\bgetRandomValues\b|\brandomUUID\b|\bconsole\b|\bfetch\(|\bsetTimeout\b|\bsetInterval\b/g;

/** @returns what in a text reads the clock, chance, the environment or the network. */
export function findImpurities(text: string): string[] {
  return text.match(IMPURE) ?? [];
}
