import Foundation
import Telemetry
import TestKit
import Testing

@testable import Indicators

struct ShippedCriteriaSetsTests {
    private func set(_ id: String) throws -> CriteriaSet {
        try #require(try ShippedCriteriaSets.all().first { $0.id == id })
    }

    @Test(arguments: [("318-XA", 19, 57), ("318-NC", 19, 75), ("319-KM", 4, 4), ("51-XA", 10, 47)])
    func `a shipped set counts as its decision does`(id: String, criteria: Int, indicators: Int)
        throws
    {
        let set = try set(id)
        #expect(set.criteriaCount == criteria)
        #expect(set.criteria.count == criteria)
        #expect(set.indicatorCount == indicators)
        #expect(set.indicators.count + set.unlistedIndicatorCount == indicators)
    }

    @Test func `the advanced set lists every indicator, criterion by criterion`() throws {
        let counts = try set("318-NC").criteria.map(\.indicators.count)
        #expect(counts == [3, 4, 6, 1, 6, 3, 1, 5, 1, 1, 1, 3, 8, 4, 3, 3, 12, 8, 2])
    }

    @Test func `no threshold and no limit is of a class below secondary`() throws {
        for set in try ShippedCriteriaSets.all() {
            for threshold in set.indicators.flatMap(\.thresholds) {
                #expect([.verbatim, .secondary].contains(threshold.confidence))
                #expect(!threshold.source.isEmpty)
            }
            for limits in set.waterLimits {
                #expect([.verbatim, .secondary].contains(limits.confidence))
            }
        }
    }

    @Test func `no line of a shipped file gives a value together with class R or N`() throws {
        for name in ShippedCriteriaSets.fileNames {
            let lines = try ShippedCriteriaSets.text(of: name).split(separator: "\n")
            let values = lines.filter { $0.contains("value:") && !$0.hasPrefix("#") }
            for line in values {
                #expect(line.contains("class: V") || line.contains("class: S"), "\(name): \(line)")
            }
        }
    }

    @Test func `thresholds are loaded where a page was read and nowhere else`() throws {
        let loaded = try set("318-NC").indicators.filter { !$0.thresholds.isEmpty }.map(\.code)
        #expect(
            loaded == [
                "2.1", "2.2", "17.2", "17.5", "17.6", "17.7", "18.1", "18.2", "18.3", "18.4",
                "18.6",
            ]
        )
        #expect(try set("319-KM").thresholdCount == 4)
        #expect(try set("318-XA").thresholdCount == 0)
        #expect(try set("51-XA").thresholdCount == 0)
    }

    @Test func `a unit of Quảng Ninh has no threshold that was read for another province`() throws {
        let regions = ["province:quang-ninh", "region:dong-bang-song-hong"]
        for indicator in try set("318-NC").indicators {
            #expect(indicator.threshold(regions: regions, on: District.day("2024-01-01")) == nil)
        }
    }

    @Test func `sensors compute the four families that they can measure`() throws {
        let indicators = try set("318-NC").indicators
        let formulas = indicators.filter { $0.computation.formulaName.hasPrefix("F") }
        #expect(
            formulas.map { "\($0.code) \($0.computation.formulaName)" }
                == ["2.1 F1", "2.2 F1", "8.5 F7", "18.1 F6", "18.2 F2"]
        )
        #expect(
            indicators.filter { $0.evidence == .sensor }.map(\.code) == [
                "2.1", "2.2", "8.5", "18.2",
            ]
        )
    }

    @Test func `names that were only recalled are marked`() throws {
        let set = try set("318-NC")
        #expect(set.indicators.first { $0.code == "18.2" }?.name.confidence == .verbatim)
        #expect(set.indicators.first { $0.code == "17.3" }?.name.isVerified == false)
        #expect(try self.set("318-XA").criteria.allSatisfy(\.name.isVerified))
    }

    @Test func `names agree word for word with the catalogue of sources`() throws {
        guard let path = SharedMaterial.path("catalogue-sources/xa-ntm-nang-cao-318.md") else {
            return
        }
        let page = try String(contentsOfFile: path, encoding: .utf8).replacing("**", with: "")
        for indicator in try set("318-NC").indicators {
            #expect(page.contains("| \(indicator.code) | \(indicator.name.text.vi) |"))
        }
        guard let base = SharedMaterial.path("catalogue-sources/xa-ntm-318.md") else { return }
        let table = try String(contentsOfFile: base, encoding: .utf8)
        for criterion in try set("318-XA").criteria {
            #expect(table.contains("| \(criterion.number) | \(criterion.name.text.vi) | V"))
        }
    }

    @Test func `a set says on which days it is in force`() throws {
        let advanced = try set("318-NC")
        #expect(advanced.isInForce(on: District.day("2025-12-31")))
        #expect(!advanced.isInForce(on: District.day("2026-01-01")))
        #expect(try !set("51-XA").isInForce(on: District.day("2026-02-14")))
        #expect(try set("51-XA").isInForce(on: District.day("2026-02-15")))
    }

    @Test func `limits of water are those of the day, else the last that were loaded`() throws {
        let set = try set("318-NC")
        #expect(set.waterLimits(on: District.day("2019-06-14")) == nil)
        let then = try #require(set.waterLimits(on: District.day("2024-01-01")))
        #expect(then.isInForce(on: District.day("2024-01-01")))
        let now = try #require(set.waterLimits(on: District.day("2026-01-01")))
        #expect(!now.isInForce(on: District.day("2026-01-01")))
    }
}
