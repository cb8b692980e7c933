import { describe, expect, it } from "vitest";
import { sampleApp, sampleSession } from "@/testing/samples";
import { liveByApp, matches, shelves } from "./model";

const apps = ["a", "b", "c", "d", "e", "f", "g"].map((id) => sampleApp({ id, name: id.toUpperCase(), category: id < "d" ? "Tools" : "Office" }));
const nobody = { favorites: [], recents: [] };

describe("the shelves of the catalog", () => {
  it("are the categories by name, with apps by name", () => {
    expect(shelves(apps, nobody).map((shelf) => shelf.name)).toEqual(["Office", "Tools"]);
  });

  it("begin with favorites in the person's order, then what was used lately", () => {
    const [first, second] = shelves(apps, { favorites: ["c", "a"], recents: ["a", "g"] });
    expect(first?.apps.map((app) => app.id)).toEqual(["c", "a"]);
    expect(second).toMatchObject({ name: "Recent", apps: [{ id: "g" }] });
  });

  it("leave out favorites that no longer exist", () => {
    expect(shelves(apps, { favorites: ["gone"], recents: [] }).map((shelf) => shelf.kind)).not.toContain("favorites");
  });

  it("put apps without a category last", () => {
    expect(shelves([sampleApp({ category: "" }), ...apps], nobody).at(-1)?.name).toBe("Other");
  });

  it("do not repeat recent apps while the whole catalog is in view", () => {
    expect(shelves(apps.slice(0, 3), { favorites: [], recents: ["a"] }).map((shelf) => shelf.name)).toEqual(["Tools"]);
  });
});

it("a search prefers names over descriptions", () => {
  const found = matches([sampleApp({ id: "x", name: "Notes", description: "like an editor" }), sampleApp({ id: "y", name: "Editor" })], "edit");
  expect(found.map((app) => app.id)).toEqual(["y", "x"]);
});

it("the newest session of an app is the one to resume", () => {
  const old = sampleSession({ id: "old", created_at: "2026-11-20T10:00:00Z" });
  expect(liveByApp([old, sampleSession({ id: "new" })]).get("terminal")?.id).toBe("new");
});
