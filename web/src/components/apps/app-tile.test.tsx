import { fireEvent, render } from "@testing-library/react";
import { expect, it } from "vitest";
import { AppTile, initials } from "./app-tile";

it("draws letters where there is no icon", () => {
  const { container } = render(<AppTile name="Text Editor" icon="" />);
  expect(container).toHaveTextContent("TE");
});

it("draws letters instead of a broken picture", () => {
  const { container } = render(<AppTile name="Files" icon="https://example.org/gone.png" />);
  const picture = container.querySelector("img");
  if (!picture) throw new Error("no picture was tried");
  fireEvent.error(picture);
  expect(container.querySelector("img")).toBeNull();
  expect(container).toHaveTextContent("F");
});

it.each(["javascript:alert(1)", "http://plain.example/x.png", "//other.example/x.png", "data:text/html,x"])("never loads %s", (icon) => {
  const { container } = render(<AppTile name="X" icon={icon} />);
  expect(container.querySelector("img")).toBeNull();
});

it("takes whole characters for its letters", () => {
  expect(initials("  ñandú 😀 x")).toBe("Ñ😀");
  expect(initials("")).toBe("?");
});
