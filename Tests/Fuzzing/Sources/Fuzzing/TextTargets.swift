import ConfigurationText

/// YAML as all settings are written in it.
struct YAMLTarget: FuzzTarget {
    func seeds() -> [(name: String, bytes: [UInt8])] {
        [
            "name: Bình Liêu\nbroker: {host: 127.0.0.1, port: 1883}\nlist: [1, 2.5, 'a', null]\n",
            "a: &a {x: 1, y: 2}\nb: &b {<<: *a, y: 3}\nc: {<<: [{z: 4}, *b], '<<x': 5}\n",
            "groups:\n  - name: lamps\n    rules:\n      - alert: Dark\n        expr: |\n"
                + "          lamp_on == 0\n        for: 5m\n",
        ].enumerated().map { (name: "seed-\($0.offset)", bytes: Array($0.element.utf8)) }
    }

    func run(_ input: [UInt8]) {
        let text = String(decoding: input, as: UTF8.self)
        do throws(ConfigurationFault) {
            _ = try ConfigurationNode(parsing: text, file: "x.yaml")
        } catch {
            require(error.file == "x.yaml" && !error.message.isEmpty, "a fault without place")
        }
    }
}

/// Tables of the registry as comma-separated values.
struct CSVTarget: FuzzTarget {
    func seeds() -> [(name: String, bytes: [UInt8])] {
        ["code,name\nb1,\"Bản 1\"\n", "a;b\r\n\"x\"\"y\nz\";\r\n\r\n1;2", "\u{FEFF}a,b\n,\n"]
            .enumerated().map { (name: "seed-\($0.offset)", bytes: Array($0.element.utf8)) }
    }

    func run(_ input: [UInt8]) {
        for separator in [UInt8(ascii: ","), UInt8(ascii: ";")] {
            var reader = CSVReader(input, file: "x.csv", separator: separator)
            var line = 0
            while true {
                let before = reader.position
                do throws(ConfigurationFault) {
                    guard let record = try reader.next() else { break }
                    require(record.line > line, "a record begins before the one in front of it")
                    line = record.line
                    require(!record.fields.isEmpty, "a record without fields")
                    require(record.fields.count <= CSVReader.maximumFieldCount, "too many fields")
                    let longest = record.fields.map(\.utf8.count).max() ?? 0
                    require(longest <= CSVReader.maximumFieldBytes, "a field beyond the limit")
                } catch {
                    require(!error.message.isEmpty && error.line > 0, "a fault without place")
                }
                require(reader.position > before, "the reader does not move on")
            }
        }
    }
}
