package brand_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/comms/brand"
)

func TestContrast(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want float64 // as published tools give it
	}{{"#000", "#fff", 21}, {"#777777", "#ffffff", 4.478}, {"#1f4fa3", "#ffffff", 7.76}, {"#ffd500", "#fcfcfa", 1.39}, {"#abcdef", "#abcdef", 1}} {
		a, _ := brand.ParseColour(test.a)
		b, _ := brand.ParseColour(test.b)
		if got := brand.Contrast(a, b); got < test.want-.01 || got > test.want+.01 {
			t.Errorf("%s on %s: %.3f, want %.3f", test.a, test.b, got, test.want)
		}
	}
	for _, s := range []string{"", "1f4fa3", "#12", "#12345g", "red", "#1234567", "#1f4fa3 "} {
		if _, ok := brand.ParseColour(s); ok {
			t.Errorf("%q was read as a colour", s)
		}
	}
}

func TestUnreadableColourComesWithTheNearest(t *testing.T) {
	light, dark := brand.Schemes()
	for _, test := range []struct {
		scheme        brand.Scheme
		colour, wants string
	}{
		{light, "#1f4fa3", ""}, {dark, "#8fb4ff", ""}, {light, "#000000", ""}, {dark, "#ffffff", ""},
		{light, "#ffd500", "has a contrast of 1.23 to 1 on the light page (#fcebe9), and words in it need 4.50 to 1; the nearest that passes is #816b00"},
		{dark, "#1f4fa3", "on the dark page"}, {light, "#ffffff", "1.00 to 1"}, {light, "#8fb4ff", "light"},
	} {
		c, _ := brand.ParseColour(test.colour)
		err := test.scheme.Judge(c)
		var bad *brand.Unreadable
		switch {
		case test.wants == "" && err != nil:
			t.Errorf("%s: %v", test.colour, err)
		case test.wants != "" && (!errors.As(err, &bad) || !strings.Contains(err.Error(), test.wants)):
			t.Errorf("%s: got %v, want an error with %q", test.colour, err, test.wants)
		}
	}
}

// TestNearestPasses: whatever somebody likes, there is a colour of its hue to
// propose, and what passes stays as it is.
func TestNearestPasses(t *testing.T) {
	light, dark := brand.Schemes()
	rapid.Check(t, func(t *rapid.T) {
		c := brand.Colour{R: rapid.Byte().Draw(t, "r"), G: rapid.Byte().Draw(t, "g"), B: rapid.Byte().Draw(t, "b")}
		for _, s := range []brand.Scheme{light, dark} {
			n := s.Nearest(c)
			if err := s.Judge(n); err != nil {
				t.Fatalf("%v: the proposal does not pass: %v", c, err)
			}
			if s.Judge(c) == nil && n != c {
				t.Fatalf("%v passes and %v is proposed", c, n)
			}
			if again := s.Nearest(n); again != n {
				t.Fatalf("%v: nearest twice is %v", n, again)
			}
		}
	})
}

// picture draws letters-like strokes of a colour on nothing.
func picture(w, h int, ink color.Color, ground color.Color) []byte {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, ground)
			if x%8 < 4 && y > h/4 && y < 3*h/4 {
				img.Set(x, y, ink)
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// chunk is one of a PNG file.
func chunk(name, data string) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(out, name+data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE([]byte(name+data)))
}

// with puts a chunk behind a PNG file's head.
func with(file []byte, more []byte) []byte {
	const head = 8 + 25 // signature and IHDR
	return append(append(append([]byte(nil), file[:head]...), more...), file[head:]...)
}

func TestLogoKeepsPixelsAlone(t *testing.T) {
	plain := picture(120, 32, color.Black, color.Transparent)
	secret := "GPSLatitude 40.4168"
	file := append(with(plain, append(chunk("eXIf", secret), chunk("tEXt", "Comment\x00"+secret)...)), "<script>"+secret...)
	logo, err := brand.ReadLogo(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(logo.Data, plain) || logo.Type != "image/png" || logo.Width != 120 || logo.Height != 32 {
		t.Errorf("got %s of %d × %d with %d bytes, want the %d bytes of the picture", logo.Type, logo.Width, logo.Height, len(logo.Data), len(plain))
	}
	if !strings.HasPrefix(logo.Path(), "/logo/") || !strings.HasSuffix(logo.Path(), ".png") {
		t.Errorf("its address is %s", logo.Path())
	}
}

// tiny is a WebP picture of 16 × 16 pixels (lossless) of one colour.
var tiny = []byte("RIFF\x1e\x00\x00\x00WEBPVP8L\x11\x00\x00\x00\x2f\x0f\xc0\x03\x00\x07\xd0\xa7\x7e\x74\xb4\xff\x81\x88\xe8\x7f\x00\x00")

func TestLogoAsWebP(t *testing.T) {
	extended := append([]byte("VP8X\x0a\x00\x00\x00\x2c\x00\x00\x00\x0f\x00\x00\x0f\x00\x00"), tiny[12:]...)
	extended = append(extended, "EXIF\x04\x00\x00\x00GPS!XMP \x04\x00\x00\x00GPS!"...)
	file := append([]byte("RIFF\x00\x00\x00\x00WEBP"), extended...)
	binary.LittleEndian.PutUint32(file[4:], uint32(len(file)-8))
	for name, data := range map[string][]byte{"simple": tiny, "extended": file} {
		logo, err := brand.ReadLogo(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if logo.Type != "image/webp" || logo.Width != 16 || logo.Height != 16 || bytes.Contains(logo.Data, []byte("GPS")) {
			t.Errorf("%s: %s of %d × %d: %q", name, logo.Type, logo.Width, logo.Height, logo.Data)
		}
		if _, err := brand.ReadLogo(logo.Data); err != nil {
			t.Errorf("%s: what was kept is no picture: %v", name, err)
		}
	}
}

func TestLogoIsRefused(t *testing.T) {
	good := picture(40, 40, color.Black, color.White)
	sized := func(w, h uint32) []byte {
		ihdr := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
		ihdr = append(ihdr, 8, 6, 0, 0, 0)
		return append(append(append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", string(ihdr))...), chunk("IDAT", strings.Repeat("\x00", 100))...), chunk("IEND", "")...)
	}
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"nothing":            {nil, "an empty file"},
		"a text":             {[]byte("hello"), "no picture that can be read here"},
		"an SVG drawing":     {[]byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>`), "an SVG drawing, which can hold scripts"},
		"a JPEG picture":     {[]byte("\xff\xd8\xff\xe0JFIF"), "a JPEG picture"},
		"a GIF picture":      {[]byte("GIF89a"), "a GIF picture"},
		"cut short":          {good[:len(good)-20], "cut short or broken"},
		"only a head":        {good[:8], "cut short or broken"},
		"a bomb":             {sized(30000, 30000), "is 30000 by 30000 pixels; it may have 1000000"},
		"a long bomb":        {sized(4_000_000_000, 1), "cut short or broken"},
		"a large picture":    {sized(1001, 1000), "1001 by 1000"},
		"one pixel":          {picture(1, 1, color.Black, color.White), "1 by 1 pixels"},
		"pixels that lie":    {sized(100, 100), "cut short or broken"},
		"too many bytes":     {with(good, chunk("PLTE", strings.Repeat("abc", 30000))), "it may have 65536"},
		"a file of 2 MB":     {append(good, make([]byte, 2<<20)...), "it may have 1048576"},
		"a WebP bomb":        {[]byte("RIFF\x1e\x00\x00\x00WEBPVP8L\x11\x00\x00\x00\x2f\xff\xff\xff\x0f\x07\xd0\xa7\x7e\x74\xb4\xff\x81\x88\xe8\x7f\x00\x00"), "16384 by 16384 pixels"},
		"a WebP cut short":   {tiny[:20], "cut short or broken"},
		"a WebP of no chunk": {[]byte("RIFF\x05\x00\x00\x00WEBP\x00"), "cut short or broken"},
	} {
		if _, err := brand.ReadLogo(test.data); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, test.want)
		}
	}
}

func TestGroundsOfALogo(t *testing.T) {
	black, white, blue := color.Black, color.White, color.NRGBA{0x1f, 0x6f, 0xd3, 255}
	for name, test := range map[string]struct {
		file        []byte
		light, dark bool
	}{
		"black on nothing":       {picture(100, 40, black, color.Transparent), true, false},
		"white on nothing":       {picture(100, 40, white, color.Transparent), false, true},
		"blue on nothing":        {picture(100, 40, blue, color.Transparent), false, false},
		"black on its own white": {picture(100, 40, black, white), false, false},
	} {
		logo, err := brand.ReadLogo(test.file)
		if err != nil {
			t.Fatal(name, err)
		}
		if logo.LightGround != test.light || logo.DarkGround != test.dark {
			t.Errorf("%s: light %t, dark %t", name, logo.LightGround, logo.DarkGround)
		}
	}
}

func FuzzReadLogo(f *testing.F) {
	f.Add(picture(20, 20, color.Black, color.White))
	f.Add(tiny)
	f.Fuzz(func(t *testing.T, data []byte) {
		logo, err := brand.ReadLogo(data)
		if err != nil {
			return
		}
		again, err := brand.ReadLogo(logo.Data)
		if err != nil || !bytes.Equal(again.Data, logo.Data) {
			t.Fatalf("what was kept reads otherwise: %v", err)
		}
	})
}
