// The drugs of the sample documents: real names, strengths and units of the Vietnamese market. Codes, registration
// numbers and prices are made up, in the shapes that are in use.

/** One drug as a pharmacy's software knows it. */
export interface Drug {
  readonly code: string;
  readonly name: string;
  readonly strength: string;
  readonly unit: string;
  readonly route: string;
  readonly registration: string;
  /** Price of one unit in hundredths of a dong. */
  readonly priceHundredths: number;
  readonly dosage: string;
}

type Line = readonly [name: string, strength: string, unit: string, registration: string, dong: number];

const swallowed: readonly Line[] = [
  ["Paracetamol DHG", "500mg", "Viên", "VD-20558-19", 412.5],
  ["Hapacol 650", "650mg", "Viên", "VD-21138-14", 685],
  ["Efferalgan", "500mg", "Viên sủi", "VN-21216-18", 3150.75],
  ["Panadol Extra", "500mg + 65mg", "Viên", "VD-21189-19", 1480],
  ["Tiffy Dey", "500mg + 10mg + 2mg", "Viên", "VD-28620-17", 950],
  ["Decolgen Forte", "500mg + 25mg + 2mg", "Viên", "VD-26421-17", 1125.5],
  ["Ibuprofen Stella", "400mg", "Viên", "VD-22132-15", 890],
  ["Alaxan", "200mg + 325mg", "Viên", "VD-31862-19", 1350.25],
  ["Meloxicam", "7,5mg", "Viên", "VD-16392-12", 520],
  ["Mobic", "15mg", "Viên", "VN-16140-13", 16200],
  ["Celecoxib", "200mg", "Viên nang", "893110113623", 2870],
  ["Diclofenac Stada", "50mg", "Viên", "VD-24577-16", 310.5],
  ["Amoxicillin", "500mg", "Viên nang", "893110123424", 1260],
  ["Augmentin", "875mg + 125mg", "Viên", "VN-20517-17", 16680.33],
  ["Klamentin", "500mg + 62,5mg", "Gói", "VD-24615-16", 7950],
  ["Cefixim", "200mg", "Viên nang", "VD-32836-19", 3425.5],
  ["Cefuroxim", "500mg", "Viên", "VD-22940-15", 6240],
  ["Zinnat", "500mg", "Viên", "VN-20514-17", 24589],
  ["Azithromycin", "250mg", "Viên nang", "VD-23252-15", 3980],
  ["Clarithromycin Stella", "500mg", "Viên", "VD-26559-17", 5775.75],
  ["Ciprofloxacin", "500mg", "Viên", "VD-30407-18", 1540],
  ["Levofloxacin", "500mg", "Viên", "893115155924", 4120],
  ["Metronidazol", "250mg", "Viên", "VD-22175-15", 285.5],
  ["Spiramycin", "3.000.000 IU", "Viên", "VD-25784-16", 4650],
  ["Rodogyl", "750.000 IU + 125mg", "Viên", "VN-21829-19", 6800],
  ["Omeprazol", "20mg", "Viên nang", "VD-19692-13", 640],
  ["Nexium mups", "40mg", "Viên", "VN-19782-16", 22456.5],
  ["Pantoprazol", "40mg", "Viên", "VD-33855-19", 1985],
  ["Phosphalugel", "20%", "Gói", "VN-16964-13", 4007.25],
  ["Gaviscon", "500mg + 267mg + 160mg", "Gói", "VN-13849-11", 6205],
  ["Smecta", "3g", "Gói", "VN-19485-15", 3753.5],
  ["Oresol 245", "4,1g", "Gói", "VD-22037-14", 1575],
  ["Berberin", "100mg", "Viên", "VD-21842-14", 510],
  ["Loperamid", "2mg", "Viên nang", "VD-25721-16", 385],
  ["Domperidon", "10mg", "Viên", "VD-28972-18", 298.75],
  ["No-Spa", "40mg", "Viên", "VN-23047-22", 1158],
  ["Amlodipin", "5mg", "Viên", "VD-21377-14", 430],
  ["Losartan", "50mg", "Viên", "893110222923", 1345.5],
  ["Coversyl", "5mg", "Viên", "VN-17087-13", 5028],
  ["Concor", "2,5mg", "Viên", "VN-17521-13", 3147],
  ["Bisoprolol", "5mg", "Viên", "VD-30234-18", 945.25],
  ["Atorvastatin", "20mg", "Viên", "VD-26562-17", 1620],
  ["Crestor", "10mg", "Viên", "VN-18150-14", 14553.5],
  ["Clopidogrel", "75mg", "Viên", "VD-27401-17", 2210],
  ["Aspirin pH8", "500mg", "Viên", "VD-15513-11", 615],
  ["Metformin Stella", "850mg", "Viên", "VD-26565-17", 735.5],
  ["Glucophage XR", "500mg", "Viên", "VN-22170-19", 2338],
  ["Diamicron MR", "30mg", "Viên", "VN-20549-17", 2765.25],
  ["Gliclazid", "80mg", "Viên", "VD-22007-14", 1105],
  ["Levothyrox", "50mcg", "Viên", "VN-17750-14", 1448],
  ["Cetirizin", "10mg", "Viên", "VD-30834-18", 360.5],
  ["Loratadin", "10mg", "Viên", "VD-29790-18", 475],
  ["Fexofenadin", "180mg", "Viên", "VD-34233-20", 2950],
  ["Clorpheniramin", "4mg", "Viên", "VD-25851-16", 145.25],
  ["Prednisolon", "5mg", "Viên", "VD-24887-16", 268],
  ["Medrol", "16mg", "Viên", "VN-22447-19", 3672.5],
  ["Acetylcystein", "200mg", "Gói", "VD-30628-18", 1390],
  ["Bromhexin", "8mg", "Viên", "VD-17463-12", 255.75],
  ["Ambroxol", "30mg", "Viên", "VD-21200-14", 590],
  ["Vitamin C", "500mg", "Viên", "VD-23085-15", 325.5],
  ["Vitamin 3B", "125mg + 125mg + 250mcg", "Viên", "VD-35073-21", 1240],
  ["Magne B6 Corbière", "470mg + 5mg", "Viên", "893100322824", 1785.5],
];

const applied: readonly (readonly [...line: Line, route: string, dosage: string])[] = [
  ["Natri clorid 0,9%", "10ml", "Lọ", "VD-22949-15", 3250, "Nhỏ mắt", "Nhỏ 2 giọt mỗi bên, ngày 3 lần"],
  ["Tobrex", "0,3% - 5ml", "Lọ", "VN-19385-15", 40125.5, "Nhỏ mắt", "Nhỏ 1 giọt mỗi 4 giờ"],
  ["Otrivin", "0,05% - 10ml", "Lọ", "VN-22704-21", 51800, "Xịt mũi", "Xịt mỗi bên 1 nhát, ngày 2 lần"],
  ["Ventolin Inhaler", "100mcg/liều", "Bình", "VN-18791-15", 79345.75, "Hít", "Hít 2 nhát khi khó thở"],
  ["Voltaren Emulgel", "1% - 20g", "Tuýp", "VN-17535-13", 68500, "Bôi ngoài da", "Bôi lớp mỏng, ngày 3 lần"],
  ["Fucidin", "2% - 15g", "Tuýp", "VN-14209-11", 75075, "Bôi ngoài da", "Bôi vùng da bệnh, ngày 2 lần"],
  [
    "Betadine",
    "10% - 125ml",
    "Chai",
    "VN-19506-15",
    42399.5,
    "Dùng ngoài",
    "Sát trùng vết thương, ngày 2 lần",
  ],
  ["Cao sao vàng", "4g", "Hộp", "VD-20337-13", 5500, "Bôi ngoài da", "Bôi khi đau nhức"],
];

const dosages = [
  "Ngày uống 2 lần, mỗi lần 1 viên sau ăn",
  "Ngày uống 3 lần, mỗi lần 1 viên",
  "Sáng 1, tối 1, uống trước ăn 30 phút",
  "Uống 1 lần buổi sáng",
  "Khi sốt trên 38,5°C, cách nhau ít nhất 4 giờ",
];

/** Every drug; the same order always. */
export const DRUGS: readonly Drug[] = [
  ...swallowed.map((line, at) => drug(line, at, "Uống", dosages[at % dosages.length] ?? "Theo chỉ định")),
  ...applied.map(([name, strength, unit, registration, dong, route, dosage], at) =>
    drug([name, strength, unit, registration, dong], swallowed.length + at, route, dosage)
  ),
];

function drug(line: Line, at: number, route: string, dosage: string): Drug {
  const [name, strength, unit, registration, dong] = line;
  const code = `DQG${String(10_001 + 37 * at).padStart(8, "0")}`;
  return { code, name, strength, unit, route, registration, priceHundredths: Math.round(dong * 100), dosage };
}
