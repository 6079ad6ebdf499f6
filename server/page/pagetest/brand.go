package pagetest

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"slices"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// BrandedPlan is the plan that ships with the program, with a colour and a
// logo of the company's own: dark strokes on nothing.
func BrandedPlan(t testing.TB) []comms.PlanFile {
	t.Helper()
	logo, err := plan.PackLogo(Picture(t, 160, 40))
	if err != nil {
		t.Fatal(err)
	}
	files := append(slices.Clone(plan.Builtin()), logo)
	for n, f := range files {
		if f.Name == "catalogue.yaml" {
			files[n].Text = "accent: { light: '#7a1f5c', dark: '#f2a6d6' }\n" + f.Text
		}
	}
	return files
}

// Picture draws a PNG file of dark strokes on nothing.
func Picture(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		for y := h / 5; y < h*4/5; y++ {
			if x%10 < 6 {
				img.Set(x, y, color.NRGBA{0x20, 0x10, 0x1a, 0xff})
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
