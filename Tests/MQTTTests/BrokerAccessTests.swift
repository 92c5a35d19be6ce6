import Foundation
import MQTT
import TestKit
import Testing

/// Passwords and certificates, with a real mosquitto.
@Suite(.serialized, .enabled(if: BrokerProcess.program != nil))
struct BrokerAccessTests {
    private static let password = "đúng là mật khẩu"

    @Test(
        .enabled(if: BrokerProcess.program(named: "mosquitto_passwd") != nil),
        arguments: ProtocolVersion.allCases
    )
    func `a refused password is said so, and tried again until it is right`(
        version: ProtocolVersion
    ) throws {
        let folder = try TemporaryFolder()
        try writePasswordFile(in: folder, password: "another")
        let broker = try BrokerProcess(folder: folder) { port, folder in
            configuration(port: port, folder: folder).text
        }
        var settings = SessionUnderTest.settings(port: broker.port, version: version)
        settings.user = "langso"
        settings.password = Secret(Self.password)
        let test = try SessionUnderTest(settings)
        #expect(BrokerWaiting.until { test.status.counters.connectionAttempts >= 3 })
        let error = try #require(test.status.lastError)
        guard case .refused(_, let refusal) = error else {
            Issue.record("expected a refusal, got \(error)")
            return
        }
        #expect(refusal == .notAuthorized)
        #expect(error.needsAttention)
        #expect(error.description.contains("password_file"))
        #expect(!error.description.contains(Self.password))

        let publisher = try BrokerPublisher(settings)
        #expect(throws: MQTTError.self) {
            try publisher.waitUntilConnected(within: .seconds(20))
        }

        // Somebody mends the file, and the broker reads it again.
        try writePasswordFile(in: folder, password: Self.password)
        broker.stop()
        try broker.start()
        #expect(test.isConnected())
        #expect(test.session.stop())
    }

    @Test(.enabled(if: BrokerProcess.program(named: "openssl") != nil))
    func `a session trusts the authority it is given and no other`() throws {
        let folder = try TemporaryFolder()
        let authority = try CertificateMaker(folder: folder, name: "authority")
        let stranger = try CertificateMaker(folder: folder, name: "stranger")
        let certificate = try authority.issue("broker", host: "127.0.0.1")
        let broker = try encryptedBroker(
            in: folder,
            certificate: .init(certificateFile: certificate.file, keyFile: certificate.keyFile)
        )
        var settings = SessionUnderTest.settings(port: broker.port)
        settings.tls = TLSSettings(authorityFile: authority.file)
        let test = try SessionUnderTest(settings)
        #expect(test.isConnected())
        let publisherSettings = with(settings) { $0.clientID = "langso-publisher" }
        let publisher = try BrokerPublisher(publisherSettings)
        // Records of TLS hold several packets: none may be left behind in one.
        try publisher.publish(0..<2_000)
        #expect(test.hasCommitted(2_000))
        #expect(test.sink.payloads == (0..<2_000).map { "\($0)" })
        #expect(test.session.stop())

        for authority in [stranger.file, nil] {
            let other = with(settings) { $0.tls = TLSSettings(authorityFile: authority) }
            let test = try SessionUnderTest(other)
            #expect(BrokerWaiting.until { test.status.lastError != nil })
            guard case .encryptionFailed = try #require(test.status.lastError) else {
                Issue.record("expected a refusal of the certificate, got \(test.status)")
                continue
            }
            #expect(test.status.lastError?.description.contains("certificate") == true)
        }
    }

    @Test(.enabled(if: BrokerProcess.program(named: "openssl") != nil))
    func `a certificate for another host is not accepted`() throws {
        let folder = try TemporaryFolder()
        let authority = try CertificateMaker(folder: folder, name: "authority")
        let certificate = try authority.issue("broker", host: "127.0.0.2")
        let broker = try encryptedBroker(
            in: folder,
            certificate: .init(certificateFile: certificate.file, keyFile: certificate.keyFile)
        )
        var settings = SessionUnderTest.settings(port: broker.port)
        settings.tls = TLSSettings(authorityFile: authority.file)
        let test = try SessionUnderTest(settings)
        #expect(BrokerWaiting.until { test.status.lastError != nil })
        #expect(test.status.lastError?.needsAttention == true)
        #expect(test.status.counters.connections == 0)
    }

    @Test(.enabled(if: BrokerProcess.program(named: "openssl") != nil))
    func `a client certificate opens a broker that asks for one`() throws {
        let folder = try TemporaryFolder()
        let authority = try CertificateMaker(folder: folder, name: "authority")
        let certificate = try authority.issue("broker", host: "127.0.0.1")
        let own = try authority.issue("gateway", host: "gateway", password: "khoá")
        let broker = try encryptedBroker(
            in: folder,
            certificate: .init(
                certificateFile: certificate.file,
                keyFile: certificate.keyFile,
                clientAuthorityFile: authority.file
            )
        )
        var settings = SessionUnderTest.settings(port: broker.port)
        settings.tls = TLSSettings(
            authorityFile: authority.file,
            certificateFile: own.file,
            keyFile: own.keyFile,
            keyPassword: Secret("khoá")
        )
        let test = try SessionUnderTest(settings)
        #expect(test.isConnected())
        #expect(test.session.stop())

        let wrong = with(settings) { $0.tls?.keyPassword = Secret("sai") }
        let without = with(settings) { $0.tls = TLSSettings(authorityFile: authority.file) }
        let plain = with(settings) { $0.tls = nil }
        for settings in [wrong, without, plain] {
            let test = try SessionUnderTest(settings)
            #expect(BrokerWaiting.until { test.status.lastError != nil })
            #expect(test.status.counters.connections == 0)
            #expect(test.session.stop())
        }
    }

    @Test func `a certificate file that is not there is named`() throws {
        var settings = SessionUnderTest.settings(port: try BrokerProcess.freePort())
        settings.tls = TLSSettings(authorityFile: "/nowhere/ca.pem")
        let test = try SessionUnderTest(settings)
        #expect(BrokerWaiting.until { test.status.lastError != nil })
        #expect(
            test.status.lastError
                == .unreadableFile(
                    role: "certificate authority",
                    path: "/nowhere/ca.pem",
                    reason: "No such file or directory"
                )
        )
    }

    private func encryptedBroker(
        in folder: TemporaryFolder,
        certificate: MosquittoConfiguration.TLS
    ) throws -> BrokerProcess {
        try BrokerProcess(folder: folder) { port, folder in
            var configuration = configuration(port: port, folder: folder, isOpen: true)
            configuration.tls = certificate
            return configuration.text
        }
    }

    private func configuration(
        port: Int,
        folder: String,
        isOpen: Bool = false
    ) -> MosquittoConfiguration {
        var configuration = MosquittoConfiguration(port: port, dataFolder: folder)
        configuration.passwordFile = isOpen ? nil : "\(folder)/passwords"
        return configuration
    }

    private func writePasswordFile(in folder: TemporaryFolder, password: String) throws {
        try CertificateMaker.run(
            "mosquitto_passwd",
            ["-c", "-b", folder.path(of: "passwords"), "langso", password]
        )
    }

    private func with(
        _ settings: BrokerSettings,
        _ change: (inout BrokerSettings) -> Void
    ) -> BrokerSettings {
        var settings = settings
        change(&settings)
        return settings
    }
}
