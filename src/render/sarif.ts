import { CHECK_RULES } from './check-rules.ts';
import { type CheckReport, type Finding, FindingRule } from './check-view.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
/** Name of the checkout's root, as GitHub's code scanning expects it. */
const ROOT = '%SRCROOT%';

/** A report as SARIF 2.1.0, for code scanning. `version` is that of Offbeat. */
export function sarifLog({ findings }: Pick<CheckReport, 'findings'>, version: string) {
  const rules = FindingRule.options;
  return {
    $schema: SCHEMA,
    version: '2.1.0' as const,
    runs: [
      {
        tool: { driver: { name: 'Offbeat', semanticVersion: version, rules: rules.map(sarifRule) } },
        // Columns count UTF-16 code units, as in JavaScript strings.
        columnKind: 'utf16CodeUnits' as const,
        results: findings.map((finding) => sarifResult(finding, rules.indexOf(finding.rule))),
      },
    ],
  };
}

function sarifRule(id: FindingRule) {
  const { level, what, help } = CHECK_RULES[id];
  return {
    id,
    name: id
      .split('-')
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join(''),
    shortDescription: { text: what },
    fullDescription: { text: `${what} ${help}` },
    help: { text: help },
    defaultConfiguration: { level },
  };
}

function sarifResult({ rule, level, path, line, column, message }: Finding, ruleIndex: number) {
  return {
    ruleId: rule,
    ruleIndex,
    level,
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: ROOT },
          region: { startLine: line, startColumn: column },
        },
      },
    ],
  };
}
