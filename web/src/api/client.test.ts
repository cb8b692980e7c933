import { expect, it, vi } from "vitest";
import { chooseTenant, chosenTenant } from "@/lib/tenant";
import { Refused, stubApi } from "@/testing/stub-api";
import { nextPage, query, request, whenSignedOut } from "./client";
import { Problem } from "./problem";

it("finds the next page in a Link header with several links", () => {
  const link = '</api/sessions?limit=2>; rel="first", </api/sessions?limit=2&cursor=abc>; rel="next"';
  expect(nextPage(link)).toBe("/api/sessions?limit=2&cursor=abc");
});

it("knows the last page by its missing link", () => {
  expect(nextPage(null)).toBeNull();
  expect(nextPage('</x>; rel="prev"')).toBeNull();
});

it("leaves empty values out of a query", () => {
  expect(query({ user: "a b", action: "", offset: 0, from: undefined })).toBe("?user=a+b&offset=0");
});

it("throws the server's refusal with everything that it said", async () => {
  stubApi({
    "PUT /api/apps/x": new Refused(422, { title: "No", detail: "Two fields are wrong", code: "invalid_app", request_id: "r1", errors: [{ field: "name", rule: "Too long" }] }),
  });
  const problem = await request("/api/apps/x", { method: "PUT", body: {} }).catch((cause: unknown) => cause);
  expect(problem).toBeInstanceOf(Problem);
  expect(problem).toMatchObject({ status: 422, code: "invalid_app", requestId: "r1", message: "Two fields are wrong" });
  expect((problem as Problem).forField("name")).toBe("Too long");
});

it("explains an answer that is no problem document by its status", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("<html>bad gateway</html>", { status: 502 })));
  await expect(request("/api/apps")).rejects.toMatchObject({ status: 502, code: "http_502" });
});

it("says that nothing was changed when the server cannot be reached", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed")));
  await expect(request("/api/apps")).rejects.toMatchObject({ code: "unreachable" });
});

it("tells once that nobody is signed in any more, but not for a wrong password or code", async () => {
  const onSignedOut = vi.fn();
  whenSignedOut(onSignedOut);
  const refused = new Refused(401, { title: "No", code: "not_signed_in" });
  const wrong = new Refused(401, { title: "No", code: "invalid_code" });
  stubApi({ "GET /api/apps": refused, "POST /api/auth/login": refused, "POST /api/me/second-factor/confirm": wrong });
  await request("/api/auth/login", { method: "POST", body: {} }).catch(() => undefined);
  await request("/api/me/second-factor/confirm", { method: "POST", body: {} }).catch(() => undefined);
  expect(onSignedOut).not.toHaveBeenCalled();
  await request("/api/apps").catch(() => undefined);
  expect(onSignedOut).toHaveBeenCalledOnce();
});

it("names the chosen tenant, and goes back to one's own when it is not one's any more", async () => {
  const seen: (string | null)[] = [];
  vi.stubGlobal("fetch", (_: string, init: RequestInit) => {
    const tenant = new Headers(init.headers).get("x-tenant-id");
    seen.push(tenant);
    const gone = { title: "No", code: "unknown_tenant" };
    return Promise.resolve(tenant === null ? Response.json([]) : Response.json(gone, { status: 404 }));
  });
  chooseTenant("t2");
  await expect(request("/api/apps")).resolves.toEqual([]);
  expect(seen).toEqual(["t2", null]);
  expect(chosenTenant()).toBeNull();
});

it("brings every request that was on its way back to one's own tenant", async () => {
  vi.stubGlobal("fetch", (_: string, init: RequestInit) => {
    const gone = { title: "No", code: "unknown_tenant" };
    return Promise.resolve(new Headers(init.headers).has("x-tenant-id") ? Response.json(gone, { status: 404 }) : Response.json([]));
  });
  chooseTenant("t2");
  await expect(Promise.all([request("/api/apps"), request("/api/sessions"), request("/api/auth/me")])).resolves.toEqual([[], [], []]);
  expect(chosenTenant()).toBeNull();
});
