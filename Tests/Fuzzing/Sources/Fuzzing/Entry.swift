import Foundation

/// The target that `LANGSO_FUZZ_TARGET` names.
///
/// libFuzzer calls from one thread.
nonisolated(unsafe) private var target: (any FuzzTarget)?

/// Called once by libFuzzer: makes the target.
///
/// With `LANGSO_FUZZ_SEEDS` it writes the target's first inputs into that folder and ends, with
/// `LANGSO_FUZZ_LIST` it prints the names of the targets and ends.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<CInt>,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
    let environment = ProcessInfo.processInfo.environment
    if environment["LANGSO_FUZZ_LIST"] != nil {
        for name in FuzzTargets.names { print(name) }
        exit(0)
    }
    let name = environment["LANGSO_FUZZ_TARGET"] ?? ""
    do {
        guard let made = try FuzzTargets.make(name) else {
            print("LANGSO_FUZZ_TARGET is '\(name)', known are: \(FuzzTargets.names)")
            exit(64)
        }
        if let folder = environment["LANGSO_FUZZ_SEEDS"] {
            for seed in try made.seeds() {
                let file = URL(filePath: folder).appending(path: seed.name)
                try Data(seed.bytes).write(to: file)
            }
            exit(0)
        }
        target = made
    } catch {
        print("cannot make the target '\(name)': \(error)")
        exit(1)
    }
    return 0
}

/// Called by libFuzzer for each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target?.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
