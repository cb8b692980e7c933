import { describe, expect, it } from "vitest";
import { changes, check, EMPTY_APP, envFromLines, envToLines, fromLines, slug } from "./draft";

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
    const errors = check({ ...EMPTY_APP, id: "No Spaces", resource_limits: { ...EMPTY_APP.resource_limits, memory_limit: "lots" } });
    expect(Object.keys(errors).sort()).toEqual(["command", "id", "name", "resource_limits.memory_limit"]);
  });

  it("asks a link for its address and nothing else", () => {
    const errors = check({ ...EMPTY_APP, id: "wiki", name: "Wiki", launch_type: "url", url: "javascript:alert(1)" });
    expect(Object.keys(errors)).toEqual(["url"]);
  });

  it("lists what would change, with nested fields by their path", () => {
    const after = { ...EMPTY_APP, clipboard: { in: false, out: true, max_in_bytes: 0 }, command: ["xterm"] };
    expect(changes(EMPTY_APP, after)).toEqual([
      { field: "command", before: "[]", after: '["xterm"]' },
      { field: "clipboard.in", before: "true", after: "false" },
    ]);
  });
});
