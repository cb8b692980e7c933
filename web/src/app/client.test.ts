import { beforeEach, expect, it } from "vitest";
import { SAMPLE_USER } from "@/testing/samples";
import { stubApi } from "@/testing/stub-api";
import { prefetchFirstPaint, queryClient } from "./client";

beforeEach(() => queryClient.clear());

const asked = (pathname: string) => {
  const calls = stubApi({ "GET /api/auth/me": SAMPLE_USER, "GET /api/apps": [], "GET /api/sessions": [] });
  prefetchFirstPaint(pathname);
  return calls.map(({ path }) => path.replace(/\?.*/, "")).sort();
};

it("asks at once for all that the first paint of the catalog needs", () => {
  expect(asked("/")).toEqual(["/api/apps", "/api/auth/me", "/api/sessions"]);
});

it("asks in front of the door only who is there", () => {
  for (const path of ["/sign-in", "/register", "/reset", "/join"]) {
    queryClient.clear();
    expect(asked(path), path).toEqual(["/api/auth/me"]);
  }
});
