// Names, companies and notes of the sample documents. All persons are made up.

export const FAMILY_NAMES = [
  "Nguyễn",
  "Trần",
  "Lê",
  "Phạm",
  "Hoàng",
  "Huỳnh",
  "Phan",
  "Vũ",
  "Võ",
  "Đặng",
  "Bùi",
  "Đỗ",
  "Ngô",
  "Dương",
];

export const MIDDLE_NAMES = ["Thị", "Văn", "Minh", "Ngọc", "Thu", "Đức", "Thanh", "Quốc", "Kim", "Hữu"];

export const GIVEN_NAMES = [
  "An",
  "Bình",
  "Châu",
  "Dũng",
  "Giang",
  "Hạnh",
  "Hương",
  "Khánh",
  "Lan",
  "Mỹ",
  "Nghĩa",
  "Oanh",
  "Phượng",
  "Quỳnh",
  "Sơn",
  "Tuấn",
  "Uyên",
  "Vỹ",
  "Xuân",
  "Yến",
];

export const SELLERS = ["DS. Trần Thị Thu Hà", "DS. Lê Quốc Đạt", "DSTH. Phạm Ngọc Ánh", "DS. Đỗ Hữu Phước"];

export const SUPPLIERS = [
  "Công ty Cổ phần Dược Hậu Giang",
  "Công ty Cổ phần Dược phẩm Imexpharm",
  "Công ty Cổ phần Traphaco",
  "Công ty Cổ phần Pymepharco",
  "Công ty TNHH Liên doanh Stellapharm",
  "Công ty TNHH Zuellig Pharma Việt Nam",
  "Công ty TNHH Một thành viên Dược Sài Gòn (Sapharco)",
  "Công ty Cổ phần Dược liệu Trung ương 2 (Phytopharma)",
  "Công ty TNHH DKSH Pharma Việt Nam",
];

export const RECEIPT_NOTES = [
  "Nhập hàng theo hợp đồng quý IV",
  "Hàng về buổi sáng, đã kiểm đếm đủ",
  "Bổ sung tồn kho; hoá đơn kèm theo",
  "Giao thiếu 1 hộp, nhà cung cấp sẽ giao bù",
  "Bảo quản nơi khô ráo, dưới 30°C",
];

export const RETURN_NOTES = [
  "Trả nhà cung cấp: lô bị thu hồi theo công văn của Cục Quản lý Dược",
  "Trả hàng do bao bì móp méo, ẩm ướt",
  "Trả hàng cận hạn theo thoả thuận",
];

export const DESTRUCTION_NOTES = [
  "Huỷ thuốc hết hạn dùng, có biên bản của hội đồng",
  "Huỷ do vỡ, đổ trong khi vận chuyển",
  "Huỷ thuốc biến chất, đổi màu",
];
