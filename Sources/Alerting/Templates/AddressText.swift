/// Addresses as the template functions of Prometheus shorten and make them.
///
/// - Source: Prometheus `template/template.go`, `util/strutil/strconv.go`; Go, `net.SplitHostPort`.
enum AddressText {
    static func withoutPort(_ address: String) -> String {
        guard let colon = address.lastIndex(of: ":"),
            address.filter({ $0 == ":" }).count == 1 || address.hasPrefix("[")
        else { return address }
        let host = address[..<colon]
        return host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : String(host)
    }

    static func withoutDomain(_ address: String) -> String {
        let host = withoutPort(address)
        let isNumeric = host.allSatisfy { $0.isNumber || $0 == "." } || host.contains(":")
        guard !isNumeric, let dot = host.firstIndex(of: ".") else { return address }
        return String(host[..<dot]) + address.dropFirst(host.count)
    }

    /// The path of an address, as `/prefix`; empty when it has none.
    static func path(of address: String) -> String {
        guard let scheme = address.firstRange(of: "://") else { return "" }
        let rest = address[scheme.upperBound...]
        guard let slash = rest.firstIndex(of: "/") else { return "" }
        return String(rest[slash...].prefix { $0 != "?" && $0 != "#" })
    }

    /// Where Prometheus shows an expression: as a graph or as a table.
    static func link(to expression: String, tab: Int) -> String {
        var text = ""
        for byte in expression.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."), UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: " "): text += "+"
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return "/graph?g0.expr=\(text)&g0.tab=\(tab)"
    }
}
