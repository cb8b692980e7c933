import js from "@eslint/js";
import importX, { createNodeResolver } from "eslint-plugin-import-x";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";
import { readdirSync } from "node:fs";

const features = readdirSync("src/features").flatMap((name) =>
  name === "admin" ? readdirSync("src/features/admin").map((page) => `admin/${page}`) : [name],
);

/** Shared code knows no feature and no page; features know no page; no feature knows another. */
const zones = [
  ...["api", "lib", "hooks", "components", "actions"].map((room) => ({
    target: `./src/${room}`,
    from: ["./src/features", "./src/app"],
    message: "Shared code may not know features or the app.",
  })),
  ...["api", "lib"].map((room) => ({
    target: `./src/${room}`,
    from: ["./src/components", "./src/hooks"],
    message: "api and lib may not know components.",
  })),
  { target: "./src/lib", from: "./src/api", message: "lib is plain functions: it may not know the API." },
  { target: "./src/components/ui", from: ["./src/api", "./src/components/apps", "./src/components/sessions"], message: "ui speaks no product words." },
  { target: "./src/features", from: "./src/app", message: "Features may not know the app." },
  ...features.map((name) => ({
    target: `./src/features/${name}`,
    from: "./src/features",
    except: [`./${name}`],
    message: "No feature imports another; move what both need to a shared room.",
  })),
];

export default tseslint.config(
  { ignores: ["dist", "node_modules", "shots"] },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [...tseslint.configs.strictTypeChecked, jsxA11y.flatConfigs.strict],
    plugins: { "import-x": importX, "react-hooks": reactHooks },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: { "import-x/resolver-next": [createTypeScriptImportResolver(), createNodeResolver()] },
    rules: {
      ...reactHooks.configs.recommended.rules,
      "import-x/no-cycle": "error",
      "import-x/no-restricted-paths": ["error", { zones }],
      "no-restricted-syntax": ["error", { selector: "TSEnumDeclaration", message: "Use a union of literals." }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
    },
  },
  {
    files: ["dev/**/*.mjs", "e2e/**/*.mjs", "public/*.js"],
    languageOptions: {
      globals: Object.fromEntries(
        ["console", "process", "Buffer", "URL", "setTimeout", "setInterval", "clearInterval", "clearTimeout", "window", "document", "performance", "MutationObserver", "location", "localStorage", "sessionStorage", "fetch"].map((name) => [name, "readonly"]),
      ),
    },
  },
);
