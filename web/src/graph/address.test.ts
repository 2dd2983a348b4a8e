import { inflateRawSync } from "node:zlib";
import { expect, it } from "vitest";
import { addressOf } from "./address";

it("stays readable while it is short", async () => {
  const parameters = new URLSearchParams([["at", "target:KIT@1,2"], ["open", "a|b"]]);
  const address = await addressOf(parameters);
  expect(address).toBe("/explore?at=target:KIT@1,2&open=a%7Cb");
  expect(new URLSearchParams(address.split("?")[1]).toString()).toBe(parameters.toString());
});

it("is packed when long, fits an address bar, and unpacks to the same", async () => {
  const parameters = new URLSearchParams(Array.from({ length: 300 }, (_, n) => ["at", `process:some-long-name-of-a-process-${n}@${n * 7},${-n}`]));
  const address = await addressOf(parameters);
  const packed = /^\/explore\?view=([\w-]+)$/.exec(address)?.[1] ?? "";
  expect(inflateRawSync(Buffer.from(packed, "base64url")).toString()).toBe(parameters.toString());
  expect(address.length).toBeLessThan(parameters.toString().length / 2);
});
