import { describe, expect, it } from "vitest";
import { changes, check, EMPTY_APP, envFromLines, envToLines, slug } from "./draft";
import { fromLines } from "./lines";

describe("a draft of an app", () => {
  it("makes an id of a name", () => {
    expect(slug("  Éditeur de texte (2)")).toBe("editeur-de-texte-2");
  });

  it("keeps spaces inside an argument", () => {
    expect(fromLines("xterm\n-T\nMy terminal\n")).toEqual(["xterm", "-T", "My terminal"]);
  });

  it("splits a variable at its first equals sign", () => {
    const env = envFromLines("OPTS=a=b\nDEBUG");
    expect(env).toEqual([{ name: "OPTS", value: "a=b" }, { name: "DEBUG", value: "" }]);
    expect(envToLines(env)).toBe("OPTS=a=b\nDEBUG=");
  });

  it("names every field that is wrong", () => {
    const errors = check({ ...EMPTY_APP, id: "No Spaces", resource_limits: { ...EMPTY_APP.resource_limits, memory_limit: "lots" } }, true);
    expect(Object.keys(errors).sort()).toEqual(["command", "id", "name", "resource_limits.memory_limit"]);
  });

  it("asks a link for its address and nothing else", () => {
    const errors = check({ ...EMPTY_APP, id: "wiki", name: "Wiki", launch_type: "url", url: "javascript:alert(1)" }, true);
    expect(Object.keys(errors)).toEqual(["url"]);
  });

  it("keeps the rules of sizes and storage classes", () => {
    const named = { ...EMPTY_APP, id: "a", name: "A", command: ["a"] };
    const errors = (size: string, storage_class: string) => Object.keys(check({ ...named, workspace: { kind: "volume", size, storage_class } }, true));
    expect(errors("5Gi", "fast.example.org")).toEqual([]);
    expect(errors("", "")).toEqual([]);
    expect(errors("500m", "Fast")).toEqual(["workspace.size", "workspace.storage_class"]);
    expect(errors("0", "-fast")).toEqual(["workspace.size", "workspace.storage_class"]);
  });

  it("asks nothing about what runs of whoever may not say it", () => {
    expect(check({ ...EMPTY_APP, id: "a", name: "A" }, true)).toHaveProperty("command");
    expect(check({ ...EMPTY_APP, id: "a", name: "A" }, false)).toEqual({});
  });

  it("lists what would change, with nested fields by their path", () => {
    const after = { ...EMPTY_APP, clipboard: { in: false, out: true, max_in_bytes: 0 }, command: ["xterm"] };
    expect(changes(EMPTY_APP, after)).toEqual([
      { field: "command", before: "[]", after: '["xterm"]' },
      { field: "clipboard.in", before: "true", after: "false" },
    ]);
  });
});
