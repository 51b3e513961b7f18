package data

import "unicode"

// The languages that a report tells apart, by script alone.
const (
	ZH    = "zh"    // Chinese characters, with few Latin words
	EN    = "en"    // Latin words, with few Chinese characters and few accents
	Mixed = "mixed" // a fifth or more of each
	Other = "other" // another script, accented Latin, or no letters at all
)

// Language counts scripts. A Chinese character weighs as much as a Latin word.
func Language(text string) string {
	var han, words, letters, accented, other int
	inWord := false
	for _, r := range text {
		switch {
		case r < 0x80 && (r|0x20) >= 'a' && (r|0x20) <= 'z':
			letters++
			if !inWord {
				words++
			}
			inWord = true
			continue
		case r < 0x80:
		case isHan(r):
			han++
		case unicode.Is(unicode.Latin, r):
			letters++
			if r > 0x7f && r < 0xff00 {
				accented++
			}
			if !inWord {
				words++
			}
			inWord = true
			continue
		case unicode.IsLetter(r):
			other++
		}
		inWord = false
	}
	switch {
	case other > han+words || han+words == 0:
		return Other
	case han*5 >= (han+words) && words*5 >= (han+words):
		return Mixed
	case han > words:
		return ZH
	case accented*20 > letters:
		return Other
	}
	return EN
}
