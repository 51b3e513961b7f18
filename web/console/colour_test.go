package console

import (
	"math"
	"regexp"
	"strconv"
	"testing"
)

// Text is legible on its ground in both themes: WCAG 2.2 asks for a contrast
// of 4.5 (criterion 1.4.3, AA), and of 3 for what is no text (1.4.11).
func TestColoursHaveContrast(t *testing.T) {
	colours := map[string][2]float64{}
	for _, m := range regexp.MustCompile(`--([\w-]+): light-dark\(#(\w{6}), #(\w{6})\)`).FindAllStringSubmatch(savedStyle, -1) {
		colours[m[1]] = [2]float64{luminance(m[2]), luminance(m[3])}
	}
	for text, grounds := range map[string][]string{
		"ink": {"ground", "surface", "raised"}, "soft": {"ground", "surface", "raised"}, "accent": {"ground", "surface", "accent-ground"}, "on-accent": {"accent"},
		"good": {"good-ground"}, "wait": {"wait-ground", "surface"}, "bad": {"bad-ground", "surface"},
	} {
		for _, ground := range grounds {
			check(t, colours, text, ground, 4.5)
		}
	}
	for _, curve := range []string{"c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "strong-line"} {
		check(t, colours, curve, "surface", 3)
	}
}

func check(t *testing.T, colours map[string][2]float64, text, ground string, least float64) {
	t.Helper()
	a, knownText := colours[text]
	b, knownGround := colours[ground]
	if !knownText || !knownGround {
		t.Fatalf("no colour %s or %s", text, ground)
	}
	for i, theme := range []string{"light", "dark"} {
		if got := (max(a[i], b[i]) + 0.05) / (min(a[i], b[i]) + 0.05); got < least {
			t.Errorf("%s on %s, %s: contrast %.2f, want %.1f", text, ground, theme, got, least)
		}
	}
}

// luminance is the relative luminance of a colour of sRGB, RRGGBB.
func luminance(hex string) float64 {
	n, _ := strconv.ParseUint(hex, 16, 32)
	sum := 0.0
	for i, weight := range []float64{0.0722, 0.7152, 0.2126} {
		c := float64(n>>(8*i)&255) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
