package render

import (
	"strings"
	"unicode"
)

// gap stands for a slot while a block's sentences are found: OBJECT
// REPLACEMENT CHARACTER, which clean keeps out of all other text.
const gap = '\uFFFC'

// sentences cuts a block's runs where a sentence of the template ends. What
// fills the slots has no say in it.
func (f filler) sentences(runs []run) [][]run {
	var slots []string
	for _, r := range runs {
		if r.slot != "" {
			slots = append(slots, r.slot)
		}
	}
	flat := flatten(runs)
	var out [][]run
	start, seen := 0, 0
	for i := 0; i < len(flat); i++ {
		end := 0
		switch c := flat[i]; {
		case c == gap:
			if i == start && f.whole(slots[seen]) {
				end = nextSentence(flat, i+1)
			}
			seen++
		case c == '\n':
			end = i + 1
		case isStop(c):
			end = nextSentence(flat, afterClosers(flat, i+1))
		}
		if end > 0 && end < len(flat) {
			var part []run
			part, runs = cut(runs, end-start)
			out = append(out, part)
			start, i = end, end-1
		}
	}
	if len(runs) > 0 {
		out = append(out, runs)
	}
	return out
}

// nextSentence returns where the next sentence begins if space and something
// other than a small letter or punctuation follow at i, else 0.
func nextSentence(flat []rune, i int) int {
	j := i
	for j < len(flat) && unicode.IsSpace(flat[j]) {
		j++
	}
	if j == i || j == len(flat) || unicode.IsLower(flat[j]) || strings.ContainsRune(",;:.)–—-", flat[j]) {
		return 0
	}
	return j
}

// closers may stand between a sentence and its stop, or after both.
const closers = `"'”’»)]`

func isStop(c rune) bool { return strings.ContainsRune(".!?…", c) }

func afterClosers(flat []rune, i int) int {
	for i < len(flat) && (isStop(flat[i]) || strings.ContainsRune(closers, flat[i])) {
		i++
	}
	return i
}

// flatten gives a block's characters, one gap for each slot.
func flatten(runs []run) []rune {
	var out []rune
	for _, r := range runs {
		if r.slot != "" {
			out = append(out, gap)
			continue
		}
		out = append(out, []rune(r.text)...)
	}
	return out
}

// cut splits runs after n characters, as flatten counts them.
func cut(runs []run, n int) (before, after []run) {
	for i, r := range runs {
		size := len([]rune(r.text))
		if r.slot != "" {
			size = 1
		}
		if n < size {
			head, tail := r, r
			head.text, tail.text = string([]rune(r.text)[:n]), string([]rune(r.text)[n:])
			if n > 0 {
				before = append(before, head)
			}
			return before, append([]run{tail}, runs[i+1:]...)
		}
		before = append(before, r)
		n -= size
	}
	return before, nil
}

// isLeadIn tells whether the runs are bold words of the template's own, like
// "What you can do now."
func isLeadIn(runs []run) bool {
	bold := false
	for _, r := range runs {
		if r.slot != "" || !r.strong && strings.TrimSpace(r.text) != "" {
			return false
		}
		bold = bold || r.strong
	}
	return bold
}
