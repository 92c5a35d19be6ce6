/// What tables and columns mean, in the words of those who fill them.
enum TableGuide {
    /// What a table holds.
    static func text(of table: String) -> String { tables[table] ?? table }

    /// What a column holds.
    static func text(of column: String, in table: String) -> String {
        columns["\(table).\(column)"] ?? columns[column] ?? column
    }

    static let tables = [
        "units": "Đơn vị hành chính: tỉnh, huyện, xã",
        "villages": "Thôn, bản",
        "memberships": "Thôn thuộc đơn vị nào, từ ngày nào",
        "sites": "Địa điểm lắp đặt: chợ, trường, trạm bơm",
        "feeders": "Tuyến cấp điện chiếu sáng",
        "lighting": "Lịch bật tắt của tuyến chiếu sáng",
        "routes": "Tuyến thu gom rác",
        "collections": "Lịch thu gom rác",
        "zones": "Vùng cấp nước",
        "devices": "Thiết bị",
        "roads": "Đoạn đường có đèn",
        "supplies": "Công trình cấp nước",
        "supply_villages": "Thôn được công trình cấp nước",
        "supply_devices": "Thiết bị của công trình cấp nước",
        "laboratory": "Phiếu kết quả xét nghiệm nước",
        "points": "Điểm công cộng: Wi-Fi, camera",
        "counts": "Số liệu đếm của cơ quan",
        "attestations": "Xác nhận của cơ quan",
    ]

    /// By column, or by table and column where a table means something of its own.
    static let columns = [
        "code": "Mã, không dấu, không cách: chữ, số và . _ -",
        "name": "Tên tiếng Việt",
        "kind": "Loại, chọn trong danh sách",
        "points.kind": "Loại điểm, viết như mã, ví dụ wifi",
        "regions": "Các vùng áp dụng tiêu chí, cách nhau bằng dấu ;",
        "from": "Từ ngày, viết 2025-07-01",
        "to": "Đến hết ngày, viết 2025-07-01; để trống là chưa kết thúc",
        "latitude": "Vĩ độ, ví dụ 21.51",
        "longitude": "Kinh độ, ví dụ 107.49",
        "households": "Số hộ",
        "people": "Số người",
        "unit": "Mã đơn vị trong bảng units",
        "village": "Mã thôn trong bảng villages",
        "site": "Mã địa điểm trong bảng sites",
        "feeder": "Mã tuyến điện trong bảng feeders",
        "mode": "sun: theo mặt trời; clock: theo giờ",
        "on": "Giờ bật 18:00, hoặc số phút so với lúc mặt trời lặn",
        "off": "Giờ tắt 05:30, hoặc số phút so với lúc mặt trời mọc",
        "route": "Mã tuyến thu gom trong bảng routes",
        "weekdays": "Các ngày trong tuần: mon;tue;wed;thu;fri;sat;sun",
        "start": "Giờ bắt đầu, ví dụ 05:00",
        "end": "Giờ kết thúc, ví dụ 07:30; sớm hơn giờ bắt đầu là sang hôm sau",
        "address": "Địa chỉ trong tin nhắn: DevEUI hoặc tên trên máy chủ",
        "profile": "Mẫu thiết bị, để trống nếu chưa biết",
        "parameters": "Thông số riêng, ví dụ bin_depth=1200;dead_zone=200",
        "zone": "Mã vùng cấp nước trong bảng zones",
        "expected_interval": "Chu kỳ gửi tin: 30s, 15m, 6h hoặc 1d",
        "nominal_power_watts": "Công suất danh định, oát",
        "fullness_threshold_ratio": "Ngưỡng đầy của thùng rác, từ 0 đến 1",
        "simulated": "true: số liệu mô phỏng; để trống là thật",
        "class": "Cấp đường, viết như mã, ví dụ commune",
        "length_kilometres": "Chiều dài, ki-lô-mét",
        "lamps": "Mã các đèn trên đoạn đường, cách nhau bằng dấu ;",
        "loss_share": "Tỷ lệ thất thoát nước, từ 0 đến 1",
        "chlorinated": "true: nước được khử trùng bằng clo",
        "supply": "Mã công trình trong bảng supplies",
        "device": "Mã thiết bị trong bảng devices",
        "role": "meter: đồng hồ tổng; quality: đo chất lượng",
        "document": "Số, ký hiệu văn bản",
        "passes": "true: đạt; false: không đạt",
        "key": "Khóa của tiêu chí, ví dụ 318-NC:17.5",
        "area": "Mã thôn hoặc mã đơn vị",
        "date": "Ngày đếm, viết 2025-07-01",
        "numerator": "Số đếm được",
        "denominator": "Tổng số; để trống nếu không phải tỷ lệ",
        "valid_to": "Có giá trị đến hết ngày",
        "source": "Cơ quan cung cấp số liệu",
    ]
}
