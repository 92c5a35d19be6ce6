import Telemetry
import Testing

@testable import Indicators

struct CleanWaterFormulaTests {
    static let formula: CleanWaterFormula = {
        var parameters = CleanWaterParameters()
        parameters.veto.grid = GridParameters(window: District.twoDays, step: .minutes(30))
        return CleanWaterFormula(parameters: parameters)
    }()

    static let goodResult = IndicatorFacts.LaboratoryResult(
        passes: true,
        validFrom: District.day("2026-01-01"),
        validTo: District.day("2026-12-31"),
        document: "PKN 12"
    )

    /// A supply of 80 households in `v1` and 20 in `v3`, with one pH sensor.
    private static func world(
        laboratory: [IndicatorFacts.LaboratoryResult] = [goodResult],
        ph: ((Instant) -> Double?)?
    ) -> (IndicatorFacts, SampledSource) {
        var facts = District.facts
        var source = SampledSource()
        facts.devices["q"] = .init(id: "q", village: "v1", expectedInterval: .minutes(15))
        facts.supplies = [
            .init(
                code: "w",
                households: ["v1": 80, "v3": 20],
                qualityDevices: ph == nil ? [] : ["q"],
                laboratoryResults: laboratory
            )
        ]
        if let ph {
            source.add(
                "water_ph",
                ["device": "q"],
                from: District.now - .days(3),
                to: District.now,
                every: .minutes(15),
                value: ph
            )
        }
        return (facts, source)
    }

    private func figure(
        by formula: CleanWaterFormula = formula,
        laboratory: [IndicatorFacts.LaboratoryResult] = [goodResult],
        villages: Set<String> = ["v1", "v2", "v3"],
        ph: ((Instant) -> Double?)? = { _ in 7 }
    ) throws -> Figure {
        let (facts, source) = Self.world(laboratory: laboratory, ph: ph)
        let context = District.context(facts, villages: villages, source: source)
        return try formula.figure(in: context)
    }

    @Test func `many short breaks veto from more than the borne share on`() throws {
        // One point in 20 of the 96 is 4.8: four bad points are borne and five are not.
        func broken(_ count: Int64) -> (Instant) -> Double? {
            { time in
                let hours = (District.now - time).count / 3_600_000
                return time > District.now - .days(2) && hours % 6 == 0 && hours / 6 < count
                    && (District.now - time).count % 3_600_000 < 1_800_000 ? 9 : 7
            }
        }
        #expect(try figure(ph: broken(4)).value == 50)
        #expect(try figure(ph: broken(5)).value == 0)
    }

    @Test func `households on clean water are counted over all households`() throws {
        let figure = try figure()
        #expect(figure.value == 50)
        #expect(figure.low == 50)
        #expect(figure.high == 50)
        #expect(figure.coverage == 1)
    }

    @Test func `a village whose households nobody counted leaves the share unknown`() throws {
        var (facts, source) = Self.world(ph: { _ in 7 })
        facts.villages["v2"] = .init(code: "v2", name: "Hai")
        let figure = try Self.formula.figure(in: District.context(facts, source: source))
        #expect(figure.value == nil)
        #expect(figure.notes.map(\.vi) == ["sổ đăng ký chưa có số hộ của: Hai"])
        let known = District.context(facts, villages: ["v1"], source: source)
        #expect(try Self.formula.figure(in: known).value == 80)
    }

    @Test func `how many are connected in a village may be unknown: that is not none`() throws {
        var (facts, source) = Self.world(ph: { _ in 7 })
        let supply = facts.supplies[0]
        facts.supplies.append(
            .init(code: "x", villages: ["v2"], laboratoryResults: supply.laboratoryResults)
        )
        let figure = try Self.formula.figure(in: District.context(facts, source: source))
        // 100 of 200 are clean, 50 of them all are unknown.
        #expect(figure.low == 50)
        #expect(figure.high == 75)
    }

    @Test func `a merged unit is the sum of its villages`() throws {
        let first = try figure(villages: ["v1", "v2"])
        let second = try figure(villages: ["v3"])
        let whole = try figure()
        #expect(first.numerator == 80 && first.denominator == 150)
        #expect(second.numerator == 20 && second.denominator == 50)
        #expect(whole.numerator == 100 && whole.denominator == 200)
        // The mean of 53.3 % and 40 % would be another number.
        #expect(whole.value == 50)
    }

    @Test func `without a laboratory result in date no sensor makes water clean`() throws {
        #expect(try figure(laboratory: []).value == 0)
        let old = IndicatorFacts.LaboratoryResult(
            passes: true,
            validFrom: District.day("2025-01-01"),
            validTo: District.day("2026-03-09"),
            document: "PKN 1"
        )
        let figure = try figure(laboratory: [old])
        #expect(figure.value == 0)
        #expect(figure.notes.contains { $0.en == "w: no laboratory result in date" })
    }

    @Test func `a newer bad laboratory result speaks against an older good one`() throws {
        let bad = IndicatorFacts.LaboratoryResult(
            passes: false,
            validFrom: District.day("2026-03-01"),
            validTo: District.day("2026-12-31"),
            document: "PKN 13"
        )
        #expect(try figure(laboratory: [Self.goodResult, bad]).value == 0)
    }

    @Test func `limits themselves are kept`() throws {
        #expect(try figure { _ in 8.5 }.value == 50)
        #expect(try figure { _ in 8.51 }.value == 0)
        #expect(try figure { _ in 6.0 }.value == 50)
        #expect(try figure { _ in 5.99 }.value == 0)
    }

    @Test func `one long break vetoes and short ones do not`() throws {
        func broken(for span: Milliseconds) -> (Instant) -> Double? {
            { $0 > District.now - .hours(10) && $0 <= District.now - .hours(10) + span ? 9 : 7 }
        }
        // So large a share is allowed that only the length of the break can veto.
        var formula = Self.formula.parameters
        formula.veto.breakShare = 0.5
        let patient = CleanWaterFormula(parameters: formula)
        #expect(try figure(by: patient, ph: broken(for: .minutes(120))).value == 50)
        let figure = try figure(by: patient, ph: broken(for: .minutes(150)))
        #expect(figure.value == 0)
        #expect(figure.notes.contains { $0.en.contains("vetoed by sensors") })
        #expect(figure.notes.first?.en == "without the sensors' veto: 50 %")
    }

    @Test func `a short look at bad water vetoes at any coverage`() throws {
        let figure = try figure { $0 > District.now - .hours(4) ? 9 : nil }
        #expect(figure.value == 0)
        #expect(figure.high == 0)
    }

    @Test func `a silent sensor makes its households unknown`() throws {
        let figure = try figure { _ in nil }
        #expect(figure.low == 0)
        #expect(figure.high == 50)
        #expect(figure.coverage == 0)
        #expect(figure.value == 0)
    }

    @Test func `a supply without sensors stands on its laboratory alone`() throws {
        let figure = try figure(ph: nil)
        #expect(figure.value == 50)
        #expect(figure.coverage == nil)
        #expect(figure.expressions.isEmpty)
    }

    @Test func `chlorine is asked only where water is disinfected with it`() throws {
        var (facts, source) = Self.world { _ in 7 }
        source.add(
            "water_chlorine_free_milligrams_per_litre",
            ["device": "q"],
            from: District.now - .days(3),
            to: District.now,
            every: .minutes(15)
        ) { _ in 0 }
        let plain = try Self.formula.figure(in: District.context(facts, source: source))
        #expect(plain.value == 50)
        let supply = facts.supplies[0]
        facts.supplies = [
            .init(
                code: supply.code,
                households: supply.households,
                qualityDevices: supply.qualityDevices,
                isChlorinated: true,
                laboratoryResults: supply.laboratoryResults
            )
        ]
        let chlorinated = try Self.formula.figure(in: District.context(facts, source: source))
        #expect(chlorinated.value == 0)
    }

    @Test func `no supply and no count of households are no value`() throws {
        let context = District.context(District.facts, source: SampledSource())
        #expect(try Self.formula.figure(in: context).value == nil)
    }

    @Test func `limits that are out of force are used and said to be`() throws {
        let expired = WaterQualityLimits(
            ph: 6...8.5,
            turbidityNTU: 2,
            freeChlorineMilligramsPerLitre: 0.2...1,
            source: "QCVN",
            confidence: .verbatim,
            validFrom: District.day("2019-06-15"),
            validTo: District.day("2025-06-30")
        )
        let (facts, source) = Self.world { _ in 9 }
        let context = District.context(facts, limits: expired, source: source)
        let figure = try Self.formula.figure(in: context)
        #expect(figure.value == 0)
        #expect(
            figure.notes.last?.en
                == "limits of QCVN, out of force since 2025-06-30, newer not loaded"
        )
        let unlimited = District.context(facts, limits: nil, source: source)
        #expect(try Self.formula.figure(in: unlimited).value == 50)
    }

    @Test func `one query a parameter says where water is outside its limits`() throws {
        let figure = try figure()
        #expect(
            figure.expressions.map(\.text) == [
                "(last_over_time(water_ph{device=~\"q\"}[30m]) < bool 6)"
                    + " + (last_over_time(water_ph{device=~\"q\"}[30m]) > bool 8.5)",
                "last_over_time(water_turbidity_ntu{device=~\"q\"}[30m]) > bool 2",
            ]
        )
        #expect(figure.expressions.allSatisfy { $0.step == .minutes(30) })
    }
}
