import { expect, it } from "vitest";
import { actionOf, kindOf } from "./actions";

it("takes an address of nonsense for the first question", () => {
  expect(kindOf("sofa")).toBe("app_id");
  expect(actionOf("app_id", "sofa").action).toBe("launch_app");
});

it("does not carry an action over to a kind that has none of it", () => {
  expect(actionOf("category_id", "launch_app").action).toBe("view_category");
});
