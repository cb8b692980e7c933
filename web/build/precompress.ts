import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const COMPRESSIBLE = /\.(?:html|js|css|svg|json|txt|webmanifest)$/;
const LEAST_BYTES = 1024;

/** What a first visit may cost: the code before the first paint, gzipped. */
const FIRST_LOAD = /^first-load-.*\.js$/;
const FIRST_LOAD_BYTES = 150_000;

const gz = promisify(gzip);
const br = promisify(brotliCompress);

/**
 * Writes `.gz` and `.br` beside every text asset of at least 1 KB, so that the server
 * answers compressed bytes without compressing anything while it runs.
 */
export function precompress(): Plugin {
  let outDir = "dist";
  return {
    name: "sortie-precompress",
    apply: "build",
    configResolved(config) {
      outDir = config.build.outDir;
    },
    async closeBundle() {
      const entries = await readdir(outDir, { recursive: true, withFileTypes: true });
      await Promise.all(
        entries
          .filter((entry) => entry.isFile() && COMPRESSIBLE.test(entry.name))
          .map(async (entry) => {
            const path = join(entry.parentPath, entry.name);
            const bytes = await readFile(path);
            if (bytes.length < LEAST_BYTES) return;
            const [gzipped, brotlied] = await Promise.all([
              gz(bytes, { level: 9 }),
              br(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
            ]);
            if (FIRST_LOAD.test(entry.name) && gzipped.length > FIRST_LOAD_BYTES) {
              this.error(`${entry.name} takes ${gzipped.length} bytes, the budget is ${FIRST_LOAD_BYTES}`);
            }
            await Promise.all([writeFile(`${path}.gz`, gzipped), writeFile(`${path}.br`, brotlied)]);
          }),
      );
    },
  };
}
