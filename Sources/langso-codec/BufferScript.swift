/// `Buffer` as codecs use it, which ChirpStack gives them: a `Uint8Array` with the reading,
/// writing and text functions of Node.js.
///
/// - Source: Node.js 20, "Buffer".
enum BufferScript {
    /// Whether a script may need it: it takes time to make, and most codecs do without.
    static func isNeeded(by script: String) -> Bool { script.contains("Buffer") }

    static let script = #"""
        (function () {
          var digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
          function Buffer(value, encoding, length) {
            if (typeof value === 'number') return Buffer.alloc(value);
            return Buffer.from(value, encoding, length);
          }
          function own(array) { return Object.setPrototypeOf(array, Buffer.prototype); }
          function name(encoding) {
            var text = String(encoding === undefined ? 'utf8' : encoding).toLowerCase();
            switch (text) {
              case 'utf8': case 'utf-8': return 'utf8';
              case 'hex': case 'base64': case 'base64url': case 'ascii': return text;
              case 'latin1': case 'binary': return 'latin1';
              case 'utf16le': case 'utf-16le': case 'ucs2': case 'ucs-2': return 'utf16le';
              default: throw new TypeError('Unknown encoding: ' + encoding);
            }
          }
          function fromUTF8(text) {
            var bytes = [];
            for (var character of text) {
              var code = character.codePointAt(0);
              if (code >= 0xd800 && code < 0xe000) code = 0xfffd;
              if (code < 0x80) bytes.push(code);
              else if (code < 0x800) bytes.push(0xc0 | code >> 6, 0x80 | code & 63);
              else if (code < 0x10000) {
                bytes.push(0xe0 | code >> 12, 0x80 | code >> 6 & 63, 0x80 | code & 63);
              } else {
                bytes.push(0xf0 | code >> 18, 0x80 | code >> 12 & 63, 0x80 | code >> 6 & 63,
                  0x80 | code & 63);
              }
            }
            return bytes;
          }
          function toUTF8(bytes) {
            var text = '', index = 0;
            while (index < bytes.length) {
              var first = bytes[index++];
              if (first < 0x80) { text += String.fromCharCode(first); continue; }
              var more = first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2
                : first >= 0xf0 && first < 0xf5 ? 3 : 0;
              var code = more === 0 ? -1 : first & (0x3f >> more);
              for (var count = 0; count < more; count++) {
                var next = bytes[index];
                var low = count > 0 ? 0x80 : first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
                var high = count > 0 ? 0xbf : first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
                if (next === undefined || next < low || next > high) { code = -1; break; }
                code = code << 6 | next & 63;
                index++;
              }
              text += code < 0 ? '\ufffd' : String.fromCodePoint(code);
            }
            return text;
          }
          function fromHex(text) {
            var bytes = [];
            for (var index = 0; index + 1 < text.length; index += 2) {
              var pair = text.slice(index, index + 2);
              if (!/^[0-9a-fA-F]{2}$/.test(pair)) break;
              bytes.push(parseInt(pair, 16));
            }
            return bytes;
          }
          function fromBase64(text) {
            var bytes = [], held = 0, bits = 0;
            for (var index = 0; index < text.length; index++) {
              var character = text[index];
              if (character === '=') break;
              var value = digits.indexOf(
                character === '-' ? '+' : character === '_' ? '/' : character);
              if (value < 0) continue;
              held = (held << 6 | value) & 0xffff;
              bits += 6;
              if (bits >= 8) { bits -= 8; bytes.push(held >> bits & 255); }
            }
            return bytes;
          }
          function toBase64(bytes, isForAddresses) {
            var text = '';
            for (var index = 0; index < bytes.length; index += 3) {
              var left = bytes.length - index;
              var held = bytes[index] << 16 | (bytes[index + 1] || 0) << 8
                | (bytes[index + 2] || 0);
              text += digits[held >> 18] + digits[held >> 12 & 63]
                + (left > 1 ? digits[held >> 6 & 63] : '=') + (left > 2 ? digits[held & 63] : '=');
            }
            if (!isForAddresses) return text;
            return text.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
          }
          function encode(text, encoding) {
            var bytes = [], index;
            switch (name(encoding)) {
              case 'hex': return fromHex(text);
              case 'base64': case 'base64url': return fromBase64(text);
              case 'utf16le':
                for (index = 0; index < text.length; index++) {
                  bytes.push(text.charCodeAt(index) & 255, text.charCodeAt(index) >> 8);
                }
                return bytes;
              case 'utf8': return fromUTF8(text);
              default:
                for (index = 0; index < text.length; index++) {
                  bytes.push(text.charCodeAt(index) & 255);
                }
                return bytes;
            }
          }
          Buffer.from = function (value, encoding, length) {
            if (typeof value === 'string') return own(new Uint8Array(encode(value, encoding)));
            if (value instanceof ArrayBuffer) return own(new Uint8Array(value, encoding, length));
            if (value && value.type === 'Buffer' && Array.isArray(value.data)) value = value.data;
            if (value === null || typeof value !== 'object') {
              throw new TypeError('Buffer.from takes a string, a buffer or an array');
            }
            return own(new Uint8Array(value));
          };
          Buffer.alloc = function (size, fill, encoding) {
            var buffer = own(new Uint8Array(size));
            return fill === undefined ? buffer : buffer.fill(fill, encoding);
          };
          Buffer.allocUnsafe = Buffer.allocUnsafeSlow = function (size) {
            return Buffer.alloc(size);
          };
          Buffer.isBuffer = function (value) { return value instanceof Buffer; };
          Buffer.isEncoding = function (encoding) {
            try { name(encoding); return true; } catch (error) { return false; }
          };
          Buffer.byteLength = function (value, encoding) {
            return typeof value === 'string' ? encode(value, encoding).length : value.byteLength;
          };
          Buffer.concat = function (list, length) {
            var bytes = [];
            list.forEach(function (part) { bytes.push.apply(bytes, part); });
            var whole = Buffer.alloc(length === undefined ? bytes.length : length);
            whole.set(bytes.slice(0, whole.length));
            return whole;
          };
          Buffer.compare = function (left, right) { return Buffer.from(left).compare(right); };
          var prototype = Buffer.prototype = Object.create(Uint8Array.prototype, {
            constructor: { value: Buffer, writable: true, configurable: true }
          });
          function define(key, body) {
            Object.defineProperty(prototype, key, {
              value: body, writable: true, configurable: true
            });
          }
          function part(buffer, start, end) {
            return own(Uint8Array.prototype.subarray.call(
              Object.setPrototypeOf(new Uint8Array(
                buffer.buffer, buffer.byteOffset, buffer.length), Uint8Array.prototype),
              start, end));
          }
          define('slice', function (start, end) { return part(this, start, end); });
          define('subarray', function (start, end) { return part(this, start, end); });
          define('toString', function (encoding, start, end) {
            var bytes = start === undefined && end === undefined ? this
              : part(this, Math.max(0, start | 0), end);
            var kind = name(encoding), text = '', index;
            switch (kind) {
              case 'hex':
                for (index = 0; index < bytes.length; index++) {
                  text += (bytes[index] < 16 ? '0' : '') + bytes[index].toString(16);
                }
                return text;
              case 'base64': return toBase64(bytes, false);
              case 'base64url': return toBase64(bytes, true);
              case 'utf8': return toUTF8(bytes);
              case 'utf16le':
                for (index = 0; index + 1 < bytes.length; index += 2) {
                  text += String.fromCharCode(bytes[index] | bytes[index + 1] << 8);
                }
                return text;
              default:
                for (index = 0; index < bytes.length; index++) {
                  text += String.fromCharCode(kind === 'ascii' ? bytes[index] & 127 : bytes[index]);
                }
                return text;
            }
          });
          define('toJSON', function () { return { type: 'Buffer', data: Array.from(this) }; });
          define('equals', function (other) { return this.compare(other) === 0; });
          define('compare', function (other) {
            for (var index = 0; index < this.length && index < other.length; index++) {
              if (this[index] !== other[index]) return this[index] < other[index] ? -1 : 1;
            }
            return Math.sign(this.length - other.length);
          });
          define('copy', function (target, at, start, end) {
            var bytes = part(this, start, end);
            var room = Math.max(0, target.length - (at || 0));
            target.set(part(bytes, 0, room), at || 0);
            return Math.min(room, bytes.length);
          });
          define('fill', function (value, start, end, encoding) {
            if (typeof start === 'string') { encoding = start; start = undefined; }
            if (typeof value === 'string') value = encode(value, encoding);
            if (typeof value === 'number') {
              return Uint8Array.prototype.fill.call(this, value, start, end);
            }
            var target = part(this, start, end);
            for (var index = 0; value.length > 0 && index < target.length; index++) {
              target[index] = value[index % value.length];
            }
            return this;
          });
          define('write', function (text, at, length, encoding) {
            if (typeof at === 'string') { encoding = at; at = 0; length = undefined; }
            if (typeof length === 'string') { encoding = length; length = undefined; }
            at = at || 0;
            var room = this.length - at;
            var bytes = encode(text, encoding).slice(0, Math.min(
              room, length === undefined ? room : length));
            this.set(bytes, at);
            return bytes.length;
          });
          function view(buffer) {
            return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
          }
          [['Int8', 1], ['Uint8', 1], ['Int16', 2], ['Uint16', 2], ['Int32', 4], ['Uint32', 4],
            ['Float32', 4], ['Float64', 8], ['BigInt64', 8], ['BigUint64', 8]
          ].forEach(function (entry) {
            var kind = entry[0], size = entry[1];
            var titles = [{ Float32: 'Float', Float64: 'Double' }[kind] || kind];
            if (kind.indexOf('Uint') >= 0) titles.push(kind.replace('Uint', 'UInt'));
            (size === 1 ? [''] : ['LE', 'BE']).forEach(function (order) {
              titles.forEach(function (title) {
                define('read' + title + order, function (at) {
                  return view(this)['get' + kind](at || 0, order !== 'BE');
                });
                define('write' + title + order, function (value, at) {
                  view(this)['set' + kind](at || 0, value, order !== 'BE');
                  return (at || 0) + size;
                });
              });
            });
          });
          ['LE', 'BE'].forEach(function (order) {
            function read(buffer, at, count) {
              if (!(count >= 1 && count <= 6) || at < 0 || at + count > buffer.length) {
                throw new RangeError('The value of "offset" or "byteLength" is out of range');
              }
              var value = 0;
              for (var index = 0; index < count; index++) {
                value = value * 256 + buffer[order === 'BE' ? at + index : at + count - 1 - index];
              }
              return value;
            }
            function readUnsigned(at, count) { return read(this, at, count); }
            define('readUInt' + order, readUnsigned);
            define('readUint' + order, readUnsigned);
            define('readInt' + order, function (at, count) {
              var value = read(this, at, count), half = Math.pow(2, 8 * count - 1);
              return value < half ? value : value - 2 * half;
            });
            function write(value, at, count) {
              if (!(count >= 1 && count <= 6) || at < 0 || at + count > this.length) {
                throw new RangeError('The value of "offset" or "byteLength" is out of range');
              }
              for (var index = 0; index < count; index++) {
                this[order === 'BE' ? at + count - 1 - index : at + index] = value & 255;
                value = Math.floor(value / 256);
              }
              return at + count;
            }
            ['writeUInt', 'writeUint', 'writeInt'].forEach(function (title) {
              define(title + order, write);
            });
          });
          Object.defineProperty(globalThis, 'Buffer', {
            value: Buffer, writable: true, configurable: true
          });
        })()
        """#
}
