import { expect, test } from "vitest";
import { ago, bytes, bytesOf, parameters, share, shortDigest, countdown } from "../src/shared/format";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1 KB"],
  [1_190_000_000, "1.1 GB"],
  [25_000_000_000, "25 GB"],
  [212_400_000_000, "212 GB"],
  [3_000_000_000_000, "3 TB"],
])("%d bytes are %s", (value, text) => expect(bytes(value)).toBe(text));

test("parameters are written as their models are named", () => {
  expect(parameters(135_000_000)).toBe("135M");
  expect(parameters(14_000_000_000)).toBe("14B");
  expect(parameters(500_000_000)).toBe("500M");
});

test("two amounts share the unit of the whole", () => {
  expect(bytesOf(5_800_000_000, 25_100_000_000)).toBe("5.8 / 25.1 GB");
  expect(bytesOf(0, 8_000_000_000)).toBe("0 / 8 GB");
});

test("a share stays within its bounds", () => {
  expect(share(1, 0)).toBe(0);
  expect(share(3, 2)).toBe(1);
  expect(share(1, 4)).toBe(0.25);
});

test("time passed is said in the largest unit that fits", () => {
  const now = Date.parse("2026-11-21T12:00:00Z");
  expect(ago("2026-11-21T11:58:30Z", "en", now)).toBe("1 minute ago");
  expect(ago("2026-11-20T11:00:00Z", "en", now)).toBe("yesterday");
  expect(ago("2026-11-21T12:00:00Z", "en", now)).toBe("now");
  expect(ago("2026-11-21T12:00:03Z", "en", now)).toBe("now");
});

test("a digest is shortened without its algorithm", () => {
  expect(shortDigest("sha256:0123456789abcdef")).toBe("0123456789ab");
});

test("what is left is told as on a clock", () => {
  expect([0, 41, 725, 10_812].map(countdown)).toEqual(["0:00", "0:41", "12:05", "3:00:12"]);
});
