/// How messages name a device.
enum DeviceAddress {
    /// An EUI in lower case without `-` and `:`; any other address as it is.
    ///
    /// The decoder's directory does the same, so that both hold one device for one.
    static func normalized(_ address: String) -> String {
        let digits = address.utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ":") }
        guard digits.count == 16, digits.allSatisfy(isHexadecimal) else { return address }
        return String(decoding: digits, as: UTF8.self).lowercased()
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
