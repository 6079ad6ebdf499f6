package lint

import "strings"

// secTrace finds what only people with the source code can read: places in
// files, paths on machines, exceptions, addresses in memory.
func secTrace(_ *judge, t *text) []hit {
	var out []hit
	for i, p := range t.pieces {
		if isSource(p.s) && i+2 < len(t.pieces) && isLine(t.pieces[i+1].s) && isDigits(t.pieces[i+2].s) {
			out = append(out, hit{span: span{p.start, t.pieces[i+2].end}})
		}
		if isFilePath(p) || isFileLine(p.s) || isException(p.s) || isMemoryAddress(p.s) {
			out = append(out, hit{span: p.span})
		}
	}
	low := strings.ToLower(t.s)
	if len(low) != len(t.s) {
		return out // a letter changed its length: offsets would not fit
	}
	for _, mark := range []string{"traceback (most recent call last)", "exception in thread", "[running]:", "segmentation fault (core dumped)"} {
		for at := 0; ; {
			i := strings.Index(low[at:], mark)
			if i < 0 {
				break
			}
			out = append(out, hit{span: span{at + i, at + i + len(mark)}})
			at += i + len(mark)
		}
	}
	return out
}

var machineFolders = []string{"/var/", "/etc/", "/usr/", "/home/", "/opt/", "/srv/", "/tmp/", "/root/", "/proc/", "/mnt/", "/dev/sd", "/dev/nvme"}

func isFilePath(p piece) bool {
	if p.url {
		return false
	}
	for _, folder := range machineFolders {
		if rest, ok := strings.CutPrefix(p.s, folder); ok && rest != "" {
			// "/home/settings" may be a page.
			return folder != "/home/" || strings.ContainsAny(rest, "/.")
		}
	}
	return len(p.s) > 3 && isUpper(p.s[:1]) && p.s[1:3] == `:\` || strings.HasPrefix(p.s, `\\`) && len(p.s) > 3
}

var sourceEndings = wordSet("go py js ts tsx jsx java kt rb php c cc cpp h rs cs scala swift ex erl sql sh lua pl")

func isSource(name string) bool {
	dot := strings.LastIndexByte(name, '.')
	return dot > 0 && sourceEndings[strings.ToLower(name[dot+1:])]
}

func isLine(w string) bool { return w == "line" || w == "línea" || w == "linea" }

// isFileLine knows "server.go:41".
func isFileLine(s string) bool {
	name, line, ok := strings.Cut(s, ":")
	line, _, _ = strings.Cut(line, ":")
	return ok && isSource(name) && isDigits(line)
}

// isException knows "NullPointerException" and "java.lang.OutOfMemoryError",
// not the word "exception" and not an error that a customer sees by name.
func isException(s string) bool {
	s = strings.TrimSuffix(s, "()")
	if at := strings.LastIndexByte(s, '.'); at >= 0 {
		dotted := strings.Count(s, ".") >= 2 && strings.ToLower(s[:at]) == s[:at]
		if dotted && strings.HasSuffix(s, "Error") && len(s)-at > len("Error")+1 {
			return true
		}
		s = s[at+1:]
	}
	return strings.HasSuffix(s, "Exception") && len(s) > len("Exception") && isUpper(s[:1])
}

func isMemoryAddress(s string) bool {
	hex, ok := strings.CutPrefix(s, "0x")
	return ok && len(hex) >= 6 && len(hex) <= 16 && isHex(hex)
}
