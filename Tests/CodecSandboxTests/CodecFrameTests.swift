@testable import CodecSandbox
import TestKit
import Testing

struct CodecFrameTests {
}
