package lint

import "strings"

// secCode finds commits, pull requests and addresses of the source code.
func secCode(_ *judge, t *text) []hit {
	var out []hit
	for _, p := range t.pieces {
		if p.url && isCodeURL(p.s) || isLongHash(p.s) {
			out = append(out, hit{span: p.span, replace: leaveOut()})
		}
	}
	for i := range t.words {
		if end, ok := numberedChange(t, i); ok {
			out = append(out, hit{span: span{t.words[i].start, end}})
		} else if end, ok := namedCommit(t, i); ok {
			out = append(out, hit{span: span{t.words[i].start, end}})
		}
	}
	return out
}

func isCodeURL(s string) bool {
	for _, part := range []string{"/pull/", "/commit/", "/commits/", "/merge_requests/", "/pull-requests/", "/blob/", "/compare/"} {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}

// isLongHash knows a whole Git object name (SHA-1 or SHA-256).
func isLongHash(s string) bool {
	s = strings.TrimPrefix(s, "sha256:")
	return (len(s) == 40 || len(s) == 64) && isHex(s) && strings.ContainsAny(s, "0123456789") && strings.ContainsAny(strings.ToLower(s), "abcdef")
}

// numberedChange matches "PR #88", "pull request 88", "MR !12", "changelist 5".
func numberedChange(t *text, i int) (end int, ok bool) {
	n := i
	switch w := t.words[i].low; w {
	case "pr", "mr", "cl":
		if r := t.raw(i); r != "PR" && r != "MR" && r != "CL" {
			return 0, false
		}
	case "pull", "merge":
		if next := t.low(i + 1); next != "request" && next != "requests" || t.gap(i) != " " {
			return 0, false
		}
		n++
	case "changelist", "changeset":
	default:
		return 0, false
	}
	if n+1 >= len(t.words) || !isDigits(t.words[n+1].low) {
		return 0, false
	}
	number := t.words[n+1].low
	switch strings.Trim(t.gap(n), " ") {
	case "#", "!":
	case "-":
		return t.words[n+1].end, n == i
	case "":
		// "merge requests 200 at a time" counts, "MR 5 minutes" and "PR 2026" are something else.
		if n > i && strings.HasSuffix(t.words[n].low, "s") || t.raw(i) == "MR" || t.raw(i) == "CL" || isYear(number) {
			return 0, false
		}
	default:
		return 0, false
	}
	return t.words[n+1].end, true
}

// namedCommit matches "commit 4f2a91c", "revisión 4f2a91c".
func namedCommit(t *text, i int) (end int, ok bool) {
	digitsAlone := false
	switch t.words[i].low {
	case "commit", "commits", "sha", "sha1":
		digitsAlone = true
	case "revision", "revisión", "rev", "hash": // of documents, too
	default:
		return 0, false
	}
	if i+1 >= len(t.words) || strings.Trim(t.gap(i), " :#`") != "" {
		return 0, false
	}
	w := t.words[i+1]
	if n := len(w.low); n < 7 || n > 64 || !isHex(w.low) || !strings.ContainsAny(w.low, "0123456789") || isDigits(w.low) && !digitsAlone {
		return 0, false
	}
	return w.end, true
}
