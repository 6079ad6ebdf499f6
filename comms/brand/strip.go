package brand

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// The chunks that a picture is kept of. Everything else goes: places and
// cameras (eXIf, EXIF, XMP), texts, colour profiles, animations.
var (
	keptPNG  = []string{"IHDR", "PLTE", "tRNS", "sRGB", "gAMA", "cHRM", "IDAT", "IEND"} // PNG, third edition, section 11
	keptWebP = []string{"VP8X", "ALPH", "VP8 ", "VP8L"}                                 // RFC 9649 section 2
)

const pngHead = "\x89PNG\r\n\x1a\n"

// stripPNG keeps the pixels and what they need; nil for what is no PNG file
// to its end. What follows the end goes.
func stripPNG(data []byte) []byte {
	out := append([]byte(nil), data[:len(pngHead)]...)
	for rest := data[len(pngHead):]; len(rest) >= 12; {
		size := uint64(binary.BigEndian.Uint32(rest)) + 12 // with length, name and checksum
		if size > uint64(len(rest)) {
			return nil
		}
		name := string(rest[4:8])
		if slices.Contains(keptPNG, name) {
			out = append(out, rest[:size]...)
		}
		if name == "IEND" {
			return out
		}
		rest = rest[size:]
	}
	return nil
}

// stripWebP does the same with a WebP file.
func stripWebP(data []byte) []byte {
	const head = 12 // "RIFF", length, "WEBP"
	size := uint64(binary.LittleEndian.Uint32(data[4:])) + 8
	if size > uint64(len(data)) || size < head {
		return nil
	}
	var body bytes.Buffer
	for rest := data[head:size]; len(rest) >= 8; {
		size := uint64(binary.LittleEndian.Uint32(rest[4:])) + 8
		size += size & 1
		if size > uint64(len(rest)) {
			return nil
		}
		if name := string(rest[:4]); slices.Contains(keptWebP, name) {
			chunk := append([]byte(nil), rest[:size]...)
			if name == "VP8X" && len(chunk) > 8 {
				chunk[8] &= 0x10 // of what it announces, only transparency is left
			}
			body.Write(chunk)
		}
		rest = rest[size:]
	}
	out := append([]byte("RIFF\x00\x00\x00\x00WEBP"), body.Bytes()...)
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}
