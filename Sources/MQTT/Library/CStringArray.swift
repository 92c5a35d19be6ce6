internal import Glibc

/// Lends an array of texts to C.
enum CStringArray {
    /// Calls a closure with pointers to copies of the texts that live until it returns.
    static func with<Answer>(
        _ texts: [String],
        _ body: (UnsafeBufferPointer<UnsafeMutablePointer<CChar>?>) -> Answer
    ) -> Answer {
        let pointers = unsafe texts.map { unsafe strdup($0) }
        defer { unsafe pointers.forEach { unsafe free($0) } }
        return unsafe pointers.withUnsafeBufferPointer { unsafe body($0) }
    }
}
