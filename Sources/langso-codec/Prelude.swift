/// What stands in a context before a codec's script, and runs it.
enum Prelude {
    /// Gives a function that takes the input as JSON text and gives the words of the result, see
    /// `CodecFrame`.
    ///
    /// What it needs of the language it takes before the codec can change it. A codec may define
    /// `decodeUplink(input)`, or what servers called before TS013: `Decode(fPort, bytes,
    /// variables)` as ChirpStack v3, `Decoder(bytes, port)` as The Things Network v2.
    ///
    /// It runs for each call that has a fresh context, in which the engine makes what a script
    /// names when it is first named: so nothing is named here that most calls do without.
    static let script = """
        (function () {
          var parse = JSON.parse, stringify = JSON.stringify, Time = Date, Text = String;
          var isList = Array.isArray;
          function remarks(list, most, characters) {
            if (!list) return [];
            if (!isList(list)) list = [list];
            var kept = [];
            for (var index = 0; index < list.length && index < most; index++) {
              var item = list[index];
              var text = typeof item === 'string' ? item : stringify(item) || Text(item);
              text = text.slice(0, characters).replace(/[\\u0000-\\u001f]+/g, ' ');
              kept.push(text || '(no words)');
            }
            return kept;
          }
          function joined(list) { return list.length === 0 ? '' : list.join('\\u001f'); }
          return function (text, most, characters) {
            var input = parse(text), result;
            input.recvTime = new Time(input.recvTime);
            if (typeof decodeUplink === 'function') {
              result = decodeUplink(input);
            } else if (typeof Decode === 'function') {
              result = { data: Decode(input.fPort, input.bytes, input.variables) };
            } else if (typeof Decoder === 'function') {
              result = { data: Decoder(input.bytes, input.fPort) };
            } else {
              throw new TypeError('the script defines no function decodeUplink(input)');
            }
            if (result === null || typeof result !== 'object') {
              throw new TypeError('the codec gave ' + Text(result) + ' in place of an object');
            }
            var warnings = remarks(result.warnings, most, characters);
            var errors = remarks(result.errors, most, characters);
            var data = '';
            if (errors.length === 0) {
              data = stringify(result.data);
              if (data === undefined || data.charAt(0) !== '{') {
                throw new TypeError('the codec gave no object as data');
              }
            }
            return joined(warnings) + '\\u001e' + joined(errors) + '\\u001e' + data;
          };
        })()
        """

    /// Whether a script may write to a console.
    static func consoleIsNeeded(by script: String) -> Bool { script.contains("console") }

    /// A console that does nothing, because codecs write to one.
    static let console = """
        (function () {
          function none() {}
          globalThis.console = {
            log: none, info: none, warn: none, error: none, debug: none, trace: none, dir: none,
            table: none, assert: none, count: none, group: none, groupEnd: none, time: none,
            timeEnd: none
          };
        })()
        """
}
