import { expect, it } from "vitest";
import { rulesFromLines, rulesToLines, wrongLine } from "./egress-rules";

it("writes rules as they were read", () => {
  const text = "10.0.0.0/8\n10.1.0.0/16 443\n10.2.0.0/16 53 UDP\n2001:db8::/32 0 TCP";
  expect(rulesToLines(rulesFromLines(text))).toBe(text);
  expect(rulesFromLines("  10.0.0.0/8   443  tcp \n\n   ")).toEqual([{ cidr: "10.0.0.0/8", port: 443, protocol: "TCP" }]);
});

it("names the first line that breaks a rule", () => {
  expect(wrongLine(rulesFromLines("10.0.0.0/8 443 TCP\n::/0"))).toBeUndefined();
  for (const wrong of ["example.org", "10.0.0.1", "10.0.0.0/8 65536", "10.0.0.0/8 tcp", "10.0.0.0/8 443 ICMP", "10.0.0.0/8 443 TCP UDP"]) {
    expect(wrongLine(rulesFromLines(`::/0\n${wrong}`)), wrong).toMatch(/^Line 2:/);
  }
});
