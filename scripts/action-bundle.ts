import { build } from 'esbuild';

export interface ActionBundle {
  readonly bytes: number;
  /** Every file that is in it. */
  readonly inputs: readonly string[];
}

/** The first line of a bundle: packages in CommonJS call `require` for what Node brings. */
export const REQUIRE =
  "import { createRequire as nodeCreateRequire } from 'node:module'; " +
  'const require = nodeCreateRequire(import.meta.url);';

/** Bundles the Action into one module for Node 24; the licences of what is in it go into a file beside it. */
export async function bundleAction(outfile: string): Promise<ActionBundle> {
  const { metafile } = await build({
    entryPoints: ['src/action/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    legalComments: 'linked',
    banner: { js: REQUIRE },
    metafile: true,
    logLevel: 'warning',
  });
  const bundled = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint !== undefined);
  return { bytes: bundled?.bytes ?? 0, inputs: Object.keys(metafile.inputs) };
}
