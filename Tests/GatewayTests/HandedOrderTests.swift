import Commands
import Decoding
@testable import Gateway
import MQTT
import Telemetry
import Testing

/// What the broker's word on each message says of an order.
struct HandedOrderTests {
    private static func order() throws -> HandedOrder {
        let order = CommandOrder(
            device: "den-1",
            address: "den-1",
            isRadio: false,
            token: "t",
            messages: [],
            confirms: nil,
            deadline: .minutes(1),
            acceptedAt: GatewayUnderTest.midnight
        )
        let command = Command(
            id: 1,
            action: try CommandAction(.read),
            target: "{}",
            operatorName: "A",
            reason: "thử",
            acceptedAt: GatewayUnderTest.midnight,
            orders: [order],
            omitted: []
        )
        var book = CommandBook()
        book.apply(.accepted(command))
        return HandedOrder(try #require(book.open.first))
    }

    private static func outcome(_ ends: [MessageEnd]) throws -> CommandDesk.Outcome? {
        let order = try order()
        for end in ends {
            order.take()
            #expect(!order.isSettled)
            order.end(end)
        }
        #expect(order.isSettled)
        return order.outcome
    }

    @Test func `an order is sent when the broker has taken its messages`() throws {
        let taken = try Self.outcome([.acknowledged, .acknowledged])
        #expect(taken?.state == .sent && taken?.detail == nil)
        // The lamp may have been switched, though it was not asked to report.
        let half = try Self.outcome([.acknowledged, .rejected(code: 135)])
        #expect(half?.state == .sent)
        #expect(half?.detail?.words == "the broker did not take 1 of 2 messages, reason code 135")
    }

    @Test func `an order of which nothing was taken has failed`() throws {
        let refused = try Self.outcome([.rejected(code: 151), .rejected(code: 135)])
        #expect(refused?.state == .failed)
        #expect(refused?.detail?.words == "the broker refused it, reason code 135, 151")
        let late = try Self.outcome([.expired(mayHaveArrived: false)])
        #expect(late?.state == .failed && late?.detail?.words.contains("not sent") == true)
    }

    @Test func `of what was lost with its connection the device's report alone tells`() throws {
        #expect(try Self.outcome([.expired(mayHaveArrived: true)]) == nil)
        #expect(
            try Self.outcome([.expired(mayHaveArrived: true), .expired(mayHaveArrived: false)])
                == nil
        )
    }
}
