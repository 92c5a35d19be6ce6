import Foundation
import TestKit

/// An authority of a test's own making, by the `openssl` program.
struct CertificateMaker {
    /// The authority's certificate in PEM.
    let file: String
    private let keyFile: String
    private let folder: TemporaryFolder

    struct Issued {
        let file: String
        let keyFile: String
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init(folder: TemporaryFolder, name: String) throws {
        self.folder = folder
        file = folder.path(of: "\(name).crt")
        keyFile = folder.path(of: "\(name).key")
        try Self.run(
            "openssl",
            Self.newKey + ["-x509", "-nodes", "-days", "2", "-subj", "/CN=\(name)"]
                + ["-keyout", keyFile, "-out", file]
        )
    }

    /// Makes a certificate for a host, an address or a name.
    func issue(_ name: String, host: String, password: String? = nil) throws -> Issued {
        let issued = Issued(
            file: folder.path(of: "\(name).crt"),
            keyFile: folder.path(of: "\(name).key")
        )
        let request = folder.path(of: "\(name).csr")
        let extensions = folder.path(of: "\(name).ext")
        let isAddress = host.allSatisfy { $0.isNumber || $0 == "." }
        try "subjectAltName=\(isAddress ? "IP" : "DNS"):\(host)\n"
            .write(toFile: extensions, atomically: true, encoding: .utf8)
        let protection = password.map { ["-passout", "pass:\($0)"] } ?? ["-nodes"]
        try Self.run(
            "openssl",
            Self.newKey + protection + ["-subj", "/CN=\(host)"]
                + ["-keyout", issued.keyFile, "-out", request]
        )
        try Self.run(
            "openssl",
            ["x509", "-req", "-in", request, "-days", "2", "-CA", file, "-CAkey", keyFile]
                + ["-CAcreateserial", "-extfile", extensions, "-out", issued.file]
        )
        return issued
    }

    private static let newKey = [
        "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
    ]

    static func run(_ name: String, _ arguments: [String]) throws {
        guard let program = BrokerProcess.program(named: name) else {
            throw Failure(description: "\(name) is not installed")
        }
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(name): \(String(decoding: text, as: UTF8.self))")
        }
    }
}
