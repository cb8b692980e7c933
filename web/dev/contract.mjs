/**
 * Makes `src/api/schema.gen.ts` and `src/api/codes.gen.ts` from `openapi.json`, which is what the server says of itself.
 * With `--check` nothing is written, and a difference is a failure.
 */
import { readFile, writeFile } from "node:fs/promises";
import openapiTs, { astToString } from "openapi-typescript";

const at = (path) => new URL(`../${path}`, import.meta.url);
const NOTE = "/* Made from openapi.json by dev/contract.mjs: not to be edited. */\n\n";

const document = JSON.parse(await readFile(at("openapi.json"), "utf8"));

function codes() {
  const problems = document["x-problem-codes"].map(({ code }) => JSON.stringify(code));
  const closes = document["x-close-codes"].map(
    ({ name, code, text, redial }) => `  /** ${text}${redial ? "; dial again" : ""} */\n  ${name}: ${code},`,
  );
  return [
    `${NOTE}/** What a problem document's \`code\` may be; what a machine lacks has codes of its own. */`,
    `export type ProblemCode =\n${problems.map((code) => `  | ${code}`).join("\n")};\n`,
    "/** With which codes the server closes a stream. */",
    `export const CLOSE = {\n${closes.join("\n")}\n} as const;\n`,
    "export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];\n",
  ].join("\n");
}

const made = {
  "src/api/schema.gen.ts": NOTE + astToString(await openapiTs(document, { alphabetize: true })),
  "src/api/codes.gen.ts": codes(),
};

let stale = false;
for (const [path, text] of Object.entries(made)) {
  if (!process.argv.includes("--check")) {
    await writeFile(at(path), text);
  } else if ((await readFile(at(path), "utf8").catch(() => "")) !== text) {
    console.error(`web/${path} is not what openapi.json says: run scripts/contract`);
    stale = true;
  }
}
process.exit(stale ? 1 : 0);
