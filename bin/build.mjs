// Bundles the library and the command line interface into dist/ and writes the type declarations.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** What all bundles have in common. */
const common = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  external: ['fast-check'],
  platform: 'node',
  target: 'node20',
  define: { 'globalThis.NFT_SIM_VERSION': JSON.stringify(version) },
};

/** Has the grammar read the listings whose shapes are shipped. */
async function learnShapes() {
  const learner = await build({
    ...common,
    outdir: undefined,
    entryPoints: ['grammar/nft/learn-shapes.ts'],
    format: 'esm',
    write: false,
  });
  const code = Buffer.from(learner.outputFiles[0].contents).toString('base64');
  const { learnShapes: learn } = await import(`data:text/javascript;base64,${code}`);
  const { lessons, unread } = learn(listings().map(readListing));
  for (const name of unread) console.warn(`${name}: a line that cannot be read by its shape`);
  return lessons;
}

const readListing = (name) => ({ name, text: readFileSync(join(root, name), 'utf8') });

/** The listings of the samples, and lines that others write. */
function listings() {
  const samples = readdirSync(join(root, 'samples')).map((name) => `samples/${name}/ruleset.nft`);
  const known = readdirSync(join(root, 'grammar/nft/known-lines'));
  return [...samples, ...known.map((name) => `grammar/nft/known-lines/${name}`)];
}

/** Most lessons are of rules and elements, which not every trace has to read. */
const isOfBlocks = (lesson) => /^\["(?:chain|table|set|map)"/.test(lesson);
const text = (lessons) => JSON.stringify(lessons.join('\n'));

/** Puts the lessons where the sources have empty texts; `ofRules` is the expression of those that may come late. */
const shippedShapes = (lessons, ofRules) => ({
  name: 'shipped-shapes',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]shipped-shapes\.ts$/ }, () => ({
      contents: `export const shippedShapes = ${text(lessons.filter(isOfBlocks))};
        export const shippedRuleShapes = () => ${ofRules};`,
      loader: 'js',
    }));
  },
});

/** Commander can run other programs, which nft-sim never does: loading what that needs takes long. */
const noChildProcess = {
  name: 'no-child-process',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /[\\/]commander[\\/]/.test(importer) ? { path: 'none', namespace: 'stub' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'stub' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** Functions of the command line that most traces do without; their modules are in a bundle of their own, late.cjs. */
const late = {
  'src/cli/check/run-properties.ts': ['runProperties'],
  'src/cli/commands/explain.ts': ['registerExplain'],
  'src/cli/commands/fmt.ts': ['registerFmt'],
  'src/cli/commands/generate.ts': ['registerGenerate'],
  'src/cli/commands/replay.ts': ['registerReplay'],
  'src/cli/commands/snapshot.ts': ['registerSnapshot'],
  'src/cli/commands/test.ts': ['registerTest'],
  'src/cli/commands/translate.ts': ['registerTranslate'],
  'src/formats/iptables-save/load.ts': ['loadIptablesSave'],
  'src/formats/nft/grammar-teacher.ts': ['grammarTeacher'],
  'src/formats/nft/load.ts': ['loadNft'],
  'src/formats/nft-json/read.ts': ['readNftJson'],
  'src/generate/kubernetes/read-objects.ts': ['readObjects'],
  'grammar/calico-selector/parser.ts': ['parseBySelectorGrammar'],
};

/** A module of late.cjs is run when one of its functions is asked for. */
const lateEntry = Object.entries(late)
  .flatMap(([path, names]) =>
    names.map(
      (name) =>
        `Object.defineProperty(exports, '${name}', { get: () => require('./${path}').${name} });`,
    ),
  )
  .join('\n');

const lateLoader = `
  import { loadCompiled } from './src/cli/optimiser.ts';
  const late = () => loadCompiled(() => require('./load-bundle.cjs')('late'));`;

/** Puts calls into late.cjs where the command line imports one of these modules. */
const lateModules = {
  name: 'late-modules',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /\.ts$/ }, ({ path, resolveDir, kind }) => {
      if (kind === 'entry-point') return undefined;
      const wanted = resolve(resolveDir, path).replaceAll('\\', '/');
      const name = Object.keys(late).find((key) => wanted.endsWith(`/${key}`));
      return name === undefined ? undefined : { path: name, namespace: 'late' };
    });
    onLoad({ filter: /./, namespace: 'late' }, ({ path }) => {
      const functions = late[path].map(
        (name) => `let ${name}Here;
          export const ${name} = (...rest) => (${name}Here ??= late().${name})(...rest);`,
      );
      return { contents: [lateLoader, ...functions].join('\n'), resolveDir: root };
    });
  },
};

/** Digests that names seldom need. */
const lateCrypto = {
  name: 'late-crypto',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^node:crypto$/ }, ({ namespace }) =>
      namespace === 'crypto' ? undefined : { path: 'crypto', namespace: 'crypto' },
    );
    onLoad({ filter: /./, namespace: 'crypto' }, () => ({
      contents: "export const hash = (...rest) => require('node:crypto').hash(...rest);",
    }));
  },
};

function run(...words) {
  const { status } = spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exitCode = status ?? 1;
}

/** bin/load-bundle.cjs reads bundles byte by byte; esbuild escapes other characters, but not in regular expressions. */
function mustBeAscii(path) {
  const other = /[^\0-\x7f].{0,40}/.exec(readFileSync(path, 'utf8'));
  if (other === null) return;
  rmSync(path);
  throw new Error(`${path} is not ASCII: ${other[0]}`);
}

rmSync(join(root, 'dist'), { recursive: true, force: true });
const lessons = await learnShapes();
const ofRules = text(lessons.filter((lesson) => !isOfBlocks(lesson)));
const plugins = [shippedShapes(lessons, ofRules)];
await build({
  ...common,
  entryPoints: { index: 'src/index.ts', testing: 'src/testing/index.ts' },
  plugins,
  splitting: true,
  format: 'esm',
  minifySyntax: true,
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'linked',
  banner: {
    js: "import { createRequire as nftSimRequire } from 'node:module'; const require = nftSimRequire(import.meta.url);",
  },
});
const minify = !process.argv.includes('--readable');
const command = {
  ...common,
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  minify,
  legalComments: 'linked',
  // Scripts that are compiled ahead: bin/load-bundle.cjs gives them what a module has.
  banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
  footer: { js: '})' },
};
await build({
  ...command,
  entryPoints: { cli: 'src/cli/main.ts' },
  plugins: [
    shippedShapes(lessons, "require(__dirname + '/shapes.cjs')"),
    noChildProcess,
    lateModules,
    lateCrypto,
  ],
  external: [...common.external, './load-bundle.cjs', '*/shapes.cjs'],
});
await build({
  ...command,
  stdin: { contents: lateEntry, resolveDir: root, loader: 'ts' },
  outdir: undefined,
  outExtension: undefined,
  outfile: 'dist/late.cjs',
  plugins,
});
writeFileSync(join(root, 'dist', 'shapes.cjs'), `module.exports = ${ofRules};`);
// A readable bundle has the sources' comments.
if (minify)
  for (const name of ['cli', 'late', 'shapes']) mustBeAscii(join(root, 'dist', `${name}.cjs`));
run(join(root, 'bin', 'make-cache.cjs'));
if (!process.argv.includes('--no-types')) {
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  run(tsc, '-p', 'tsconfig.build.json');
}
