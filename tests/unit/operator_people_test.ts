// What an operator is shown has no people's names in it: it may be sent to whoever helps.
import { assert, assertEquals } from "@std/assert";
import { bodyWithoutPeople, messageWithoutPeople } from "../../shared/operator/people.ts";

Deno.test("a body keeps everything but the names of people, digit for digit, in every dialect", () => {
  const body =
    '{"ma_hoa_don":"HD1","ho_ten_khach_hang":"Nguyễn \\"Văn\\" An","customerName": "Trần B","so_luong":12.50,"x":9007199254740993.25}';
  assertEquals(
    bodyWithoutPeople("hoa_don", body),
    '{"ma_hoa_don":"HD1","ho_ten_khach_hang":"…","customerName": "…","so_luong":12.50,"x":9007199254740993.25}',
  );
  assertEquals(bodyWithoutPeople("phieu_nhap", "not JSON"), "not JSON");
});

Deno.test("a message of our own rules keeps field and rule, but not the name that broke it", () => {
  const message = (name: string) =>
    `Chứng từ chưa hợp lệ, chưa gửi: Ghi chú (ghi_chu): dài 501 ký tự, tối đa 500: đang là "lô"; ` +
    `Họ tên khách hàng (ho_ten_khach_hang): dài 60 ký tự, tối đa 50: đang là "${name}"; Số lô (so_lo): đang trống`;
  const told = messageWithoutPeople(message('Nguyễn "Văn" An'));
  assertEquals(told, message("…"));
  assert(!messageWithoutPeople(`Họ tên (ho_ten_nguoi_ban): dài 60 ký tự: đang là "Trần B"`).includes("Trần"));
});
