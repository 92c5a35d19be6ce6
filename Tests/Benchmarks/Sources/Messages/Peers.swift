import Foundation
import Measuring

/// Parsers that turn the same bytes into a tree, and do nothing with it.
enum Peers {
    /// Those that are there, for one payload.
    static func all(_ payload: String) -> [Workload] {
        [foundation(payload)] + [jansson(payload)].compactMap { $0 }
    }

    private static func foundation(_ payload: String) -> Workload {
        let data = Data(payload.utf8)
        return Workload(name: "JSONSerialization", byteCount: data.count) { count in
            for _ in 0..<count { _ = try JSONSerialization.jsonObject(with: data) }
            return 0
        }
    }

    private typealias Load =
        @convention(c) (
            UnsafePointer<UInt8>, Int, Int, UnsafeMutableRawPointer?
        ) -> UnsafeMutableRawPointer?
    private typealias Delete = @convention(c) (UnsafeMutableRawPointer) -> Void

    /// Debian's libjansson4, found when the program runs, so that no build needs it; nil without.
    private static func jansson(_ payload: String) -> Workload? {
        guard let library = dlopen("libjansson.so.4", RTLD_NOW),
            let loadSymbol = dlsym(library, "json_loadb"),
            let deleteSymbol = dlsym(library, "json_delete")
        else { return nil }
        let load = unsafeBitCast(loadSymbol, to: Load.self)
        let delete = unsafeBitCast(deleteSymbol, to: Delete.self)
        let bytes = Array(payload.utf8)
        return Workload(name: "jansson", byteCount: bytes.count) { count in
            for _ in 0..<count {
                // Nobody else holds the new tree, so that its last reference is this one.
                guard let tree = load(bytes, bytes.count, 0, nil) else {
                    throw Failure("jansson does not read the payload")
                }
                delete(tree)
            }
            return 0
        }
    }
}
