import { describe, expect, it } from "vitest";
import { detailPairs } from "./details";

describe("the details of an audit entry", () => {
  it("are names and values in their order", () => {
    expect(detailPairs('{"app_id":"terminal","app_name":"Terminal"}')).toEqual([
      ["app id", "terminal"],
      ["app name", "Terminal"],
    ]);
  });

  it("stay text where an older system wrote text", () => {
    expect(detailPairs("Created app: Wiki")).toBeNull();
    expect(detailPairs("7")).toBeNull();
  });
});
