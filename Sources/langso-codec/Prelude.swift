/// What stands in a context before a codec's script, and runs it.
enum Prelude {
    /// Gives a function that takes the input as JSON text and gives the words of the result, see
    /// `CodecFrame`.
    ///
    /// What it needs of the language it takes before the codec can change it. A codec may define
    /// `decodeUplink(input)`, or what servers called before TS013: `Decode(fPort, bytes,
    /// variables)` as ChirpStack v3, `Decoder(bytes, port)` as The Things Network v2. A console is
    /// there, because codecs write to one, and does nothing.
    static let script = """
        (function () {
          var parse = JSON.parse, stringify = JSON.stringify, Time = Date, Text = String;
          var isList = Array.isArray, none = function () {};
          var console = {};
          ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table', 'assert', 'count',
            'group', 'groupEnd', 'time', 'timeEnd'].forEach(function (name) {
            console[name] = none;
          });
          Object.defineProperty(globalThis, 'console', {
            value: console, writable: true, configurable: true, enumerable: false
          });
          var controls = /[\\u0000-\\u001f]+/g;
          function remarks(list, most, characters) {
            if (list === undefined || list === null) return [];
            if (!isList(list)) list = [list];
            var kept = [];
            for (var index = 0; index < list.length && index < most; index++) {
              var item = list[index];
              var text = typeof item === 'string' ? item : stringify(item) || Text(item);
              kept.push(text.slice(0, characters).replace(controls, ' '));
            }
            return kept;
          }
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
            return warnings.join('\\u001f') + '\\u001e' + errors.join('\\u001f') + '\\u001e'
              + data;
          };
        })()
        """
}
