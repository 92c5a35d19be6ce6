public import Hummingbird
internal import NIOCore

/// What a request carries through its handlers.
public struct GatewayRequestContext: RequestContext {
    /// What Hummingbird itself keeps of the request.
    public var coreContext: CoreRequestContextStorage
    /// The connection that it came on.
    let channel: any Channel

    /// Creates the context of one request.
    public init(source: Source) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// Largest body of any request: 1 MiB.
    public var maxUploadSize: Int { RequestParameters.maximumBodyBytes }
}
