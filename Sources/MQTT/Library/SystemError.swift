internal import Glibc

/// What the system says about a number in `errno`.
enum SystemError {
    /// The system's own words, as `Connection refused`.
    static func text(_ code: Int32) -> String {
        // Long enough for every message of glibc; `strerror` itself is not safe among threads.
        let size = 256
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer in
            guard let base = buffer.baseAddress, unsafe strerror_r(code, base, size) == 0 else {
                return "error \(code)"
            }
            return unsafe String(cString: base)
        }
    }
}
