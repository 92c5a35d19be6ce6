/// How a broker proves who it is, and how this client does.
///
/// The broker's certificate and its name are always checked; there is no switch against it.
/// A broker with a certificate of its own making is trusted by naming that certificate here.
public struct TLSSettings: Hashable, Sendable {
    /// File of certificates in PEM that may sign the broker's; nil trusts those of the system.
    public var authorityFile: String?
    /// File of this client's certificate in PEM, with those that signed it, or nil.
    public var certificateFile: String?
    /// File of the key of ``certificateFile`` in PEM, or nil.
    public var keyFile: String?
    /// What the key file is encrypted with, or nil.
    public var keyPassword: Secret?

    /// Creates settings; the files are looked at when a connection starts, and again at each
    /// reconnection, so that a renewed certificate is picked up.
    public init(
        authorityFile: String? = nil,
        certificateFile: String? = nil,
        keyFile: String? = nil,
        keyPassword: Secret? = nil
    ) {
        self.authorityFile = authorityFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.keyPassword = keyPassword
    }
}
