/**
 * Holds that the pure folders keep no memory between calls and take no clock and no randomness that was not passed in:
 *   node scripts/purity.ts [root]
 * Prints each line that breaks this and ends with 1 where there is one.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Program, parseSync, type VariableDeclaration, Visitor } from 'oxc-parser';

/** The rules of the layers name the pure folders. */
const rules: { readonly PURE_FOLDERS: readonly string[] } = await import(
  new URL('../.dependency-cruiser.mjs', import.meta.url).href
);

/** Memory that is allowed, and why. */
const ALLOWED: Readonly<Record<string, string>> = {
  // Reading a zone takes milliseconds. Its clock changes are facts of the platform, the same for every caller.
  'src/cron/timezone.ts': 'zones',
};
const IMPURE_CALLS: ReadonlySet<string> = new Set([
  'Date.now',
  'Math.random',
  'performance.now',
  'crypto.randomUUID',
]);
const IMPURE_NAMES: ReadonlySet<string> = new Set(['process', 'setTimeout', 'setInterval', 'fetch']);
const READ_ONLY_TYPES = /^(Readonly(Map|Set|Array|<)|readonly )/;
/** Fewer files than this were not the pure folders. */
const FEWEST_FILES = 100;

interface Offence {
  readonly offset: number;
  readonly what: string;
}

function offencesIn(path: string, text: string): readonly Offence[] {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  return [...memoryIn(program, text, ALLOWED[path]), ...impureUses(program)];
}

/** Variables of the module that can change: `let`, and collections that are not of a read-only type. */
function memoryIn(program: Program, text: string, allowed: string | undefined): readonly Offence[] {
  return program.body.flatMap((statement) => {
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declared?.type !== 'VariableDeclaration') return [];
    return variablesThatChange(declared, text)
      .filter(({ name }) => name !== allowed)
      .map(({ name, start }) => ({
        offset: start,
        what: `"${name}" of the module can change between calls`,
      }));
  });
}

function variablesThatChange(
  { kind, declarations }: VariableDeclaration,
  text: string,
): readonly { readonly name: string; readonly start: number }[] {
  return declarations.flatMap(({ id, init, start }) => {
    const name = text.slice(id.start, id.end).split(':')[0]?.trim() ?? '';
    const annotation = id.type === 'Identifier' ? id.typeAnnotation?.typeAnnotation : null;
    const type = annotation ? text.slice(annotation.start, annotation.end) : '';
    const isCollection =
      init?.type === 'NewExpression' &&
      /^new (Weak)?(Map|Set|LRUCache)\b/.test(text.slice(init.start, init.end));
    const isEmpty =
      (init?.type === 'ArrayExpression' && init.elements.length === 0) ||
      (init?.type === 'ObjectExpression' && init.properties.length === 0);
    const isReadOnly = READ_ONLY_TYPES.test(type);
    return kind !== 'const' || ((isCollection || isEmpty) && !isReadOnly) ? [{ name, start }] : [];
  });
}

function impureUses(program: Program): readonly Offence[] {
  const offences: Offence[] = [];
  new Visitor({
    MemberExpression({ object, property, start }) {
      if (object.type !== 'Identifier' || property.type !== 'Identifier') return;
      const name = `${object.name}.${property.name}`;
      if (IMPURE_CALLS.has(name) || IMPURE_NAMES.has(object.name)) {
        offences.push({ offset: start, what: `${name} is not passed in` });
      }
    },
    CallExpression({ callee, start }) {
      if (callee.type === 'Identifier' && IMPURE_NAMES.has(callee.name)) {
        offences.push({ offset: start, what: `${callee.name} is not passed in` });
      }
    },
    NewExpression({ callee, arguments: given, start }) {
      if (callee.type === 'Identifier' && callee.name === 'Date' && given.length === 0) {
        offences.push({ offset: start, what: 'the present time is not passed in' });
      }
    },
  }).visit(program);
  return offences;
}

const root = process.argv[2] ?? '.';
const paths = globSync(`src/{${rules.PURE_FOLDERS.join(',')}}/**/*.ts`, { cwd: root });
let found = 0;
for (const path of paths.sort()) {
  const text = readFileSync(join(root, path), 'utf8');
  for (const { offset, what } of offencesIn(path, text)) {
    found += 1;
    console.log(`${path}:${text.slice(0, offset).split('\n').length}: ${what}`);
  }
}
if (process.argv[2] === undefined && paths.length < FEWEST_FILES) {
  console.log(
    `Only ${paths.length} files of pure folders were found; at least ${FEWEST_FILES} were expected.`,
  );
  found += 1;
}
if (found === 0)
  console.log(`${paths.length} pure files keep no memory, and take no clock and no randomness.`);
process.exitCode = found === 0 ? 0 : 1;
