internal import Foundation

/// A number with so many decimals.
package func decimals(_ number: Double, _ count: Int) -> String {
    String(format: "%.\(count)f", number)
}

/// Bytes as millions of bytes, with one decimal.
package func megabytes(_ bytes: Int) -> String { decimals(Double(bytes) / 1e6, 1) }
