// The names of people stay out of the log, although the partner's words may repeat them.
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { withoutNames } from "../../shared/personal.ts";

Deno.test("the partner's words are told without the names of customer and seller", () => {
  const body = JSON.stringify({
    ma_hoa_don: "HD1",
    ho_ten_nguoi_ban: "DS. Trần Thị Thu Hà",
    ho_ten_khach_hang: "Nguyễn Văn An",
  });
  assertEquals(
    withoutNames("hoa_don", body, "Khách Nguyễn Văn An (Nguyễn Văn An), bán: DS. Trần Thị Thu Hà: sai HD1"),
    "Khách … (…), bán: …: sai HD1",
  );
});

Deno.test("a name that is part of another leaves no rest of it behind", () => {
  const body = JSON.stringify({ ho_ten_nguoi_ban: "An", ho_ten_khach_hang: "Nguyễn Văn An" });
  assertEquals(withoutNames("hoa_don", body, "Khách Nguyễn Văn An, bán An"), "Khách …, bán …");
});

Deno.test("a name is found in capitals, with other spaces, and in decomposed letters", () => {
  const body = JSON.stringify({ ho_ten_khach_hang: " Nguyễn  Văn Ánh" });
  for (const echo of ["NGUYỄN VĂN ÁNH", "Nguyễn Văn\nÁnh", "Nguyễn Văn Ánh".normalize("NFD")]) {
    assertEquals(withoutNames("hoa_don", body, `Khách ${echo}.`), "Khách ….");
  }
});

Deno.test("a body without names, or that is no JSON, changes no words", () => {
  for (
    const body of ['{"ho_ten_khach_hang":""}', '{"ho_ten_khach_hang":5}', "{}", "null", "[]", "<html>", ""]
  ) {
    assertEquals(withoutNames("hoa_don", body, "Sai mã cơ sở"), "Sai mã cơ sở", body);
  }
  assertEquals(withoutNames("phieu_nhap", '{"ten_co_so_cung_cap":"DHG"}', "DHG"), "DHG");
});

Deno.test("property: no name of the body is left in the words", () => {
  const name = fc.string({ minLength: 2, maxLength: 20 }).map((text) => text.trim())
    .filter((text) => text !== "" && !text.includes("…"));
  fc.assert(fc.property(name, name, fc.string(), (seller, customer, words) => {
    const body = JSON.stringify({ ho_ten_nguoi_ban: seller, ho_ten_khach_hang: customer });
    const told = withoutNames("hoa_don", body, `${words} ${customer} ${seller}`);
    assert(!told.includes(seller) && !told.includes(customer), told);
  }));
});
