package render

import "testing"

// fixed fills slots from a map. Those whose name begins with "s" can be
// sentences, those that begin with "must" may not be left out.
func fixed(values map[string]string) filler {
	return filler{
		value: func(name string) string { return values[name] },
		whole: func(name string) bool { return name[0] == 's' },
		must:  func(name string) bool { return len(name) > 3 && name[:4] == "must" },
		link: func(name string) string {
			if name == "url" {
				return values[name]
			}
			return ""
		},
	}
}

func TestBody(t *testing.T) {
	full := map[string]string{"s": "Exports fail.", "s2": "Try later", "n": "Exports", "url": "https://status.example/x"}
	hostile := map[string]string{"s": "**x** [a](http://evil.example) <script>alert(1)</script> `c` ![i](http://evil.example/p.png) &amp; \\* {n}"}
	tests := []struct {
		name, body string
		values     map[string]string
		text, html string
	}{
		{"plain", "One {n}.", full, "One Exports.", "<p>One Exports.</p>"},
		{"required stays", "One {n}.", nil, "One {n}.", "<p>One {n}.</p>"},
		{"declared required stays", "One {must?}.", nil, "One {must}.", "<p>One {must}.</p>"},
		{"optional takes its sentence", "One. Two {n?}. Three.", nil, "One. Three.", "<p>One. Three.</p>"},
		{"optional first", "{n?} is broken. Two.", nil, "Two.", "<p>Two.</p>"},
		{"optional last", "One. It is {n?}.", nil, "One.", "<p>One.</p>"},
		{"a slot that is a sentence", "{s} {s2?} {s3?} We are sorry.", full, "Exports fail. Try later. We are sorry.", "<p>Exports fail. Try later. We are sorry.</p>"},
		{"a slot that begins a sentence", "{s?} can be slow. Wait.", nil, "Wait.", "<p>Wait.</p>"},
		{"a slot before a name", "{n?} API is slow. Wait.", nil, "Wait.", "<p>Wait.</p>"},
		{"another slot keeps the braces", "{n?} at {time}.", full, "Exports at {time}.", "<p>Exports at {time}.</p>"},
		{"colon does not end a sentence", "What to do: {s?}. Next.", nil, "Next.", "<p>Next.</p>"},
		{"small letter does not begin one", "Wait e.g. for {n?} now. Next.", nil, "Next.", "<p>Next.</p>"},
		{"quoted sentence", `We said: "{n?}." It was wrong.`, nil, "It was wrong.", "<p>It was wrong.</p>"},
		{"Spanish marks", "Una. ¿Es {n?}? ¡Sí!", nil, "Una. ¡Sí!", "<p>Una. ¡Sí!</p>"},
		{"lead-in goes with its sentence", "**Do this.** {s?} Sorry.", nil, "Sorry.", "<p>Sorry.</p>"},
		{"lead-in stays", "**Do this.** {s?} Sorry.", full, "Do this. Exports fail. Sorry.", "<p><strong>Do this.</strong> Exports fail. Sorry.</p>"},
		{"paragraph left empty", "One.\n\n**Do this:** {s?}\n\nThree.", nil, "One.\n\nThree.", "<p>One.</p>\n<p>Three.</p>"},
		{"full stop not doubled", "We fix it: {s}. Next.", full, "We fix it: Exports fail. Next.", "<p>We fix it: Exports fail. Next.</p>"},
		{"full stop not doubled around quotes", "We said: “{s}”. Next.", full, "We said: “Exports fail”. Next.", "<p>We said: “Exports fail”. Next.</p>"},
		{"ellipsis kept", "Now {s}.", map[string]string{"s": "wait..."}, "Now wait....", "<p>Now wait....</p>"},
		{"full stop before the next sentence", "{s} Next.", map[string]string{"s": "Exports fail"}, "Exports fail. Next.", "<p>Exports fail. Next.</p>"},
		{"as typed at the end", "One. {s}", map[string]string{"s": "exports fail"}, "One. exports fail", "<p>One. exports fail</p>"},
		{"slot at both ends of emphasis", "**{s}** and *{n}*.", full, "Exports fail. and Exports.", "<p><strong>Exports fail.</strong> and <em>Exports</em>.</p>"},
		{"link", "See [the *page*](https://status.example/a?b=1&c=2).", nil, "See the page (https://status.example/a?b=1&c=2).", `<p>See <a href="https://status.example/a?b=1&amp;c=2">the <em>page</em></a>.</p>`},
		{"link to the incident", "See [here]({url}) or {url}.", full, "See here (https://status.example/x) or https://status.example/x.", `<p>See <a href="https://status.example/x">here</a> or <a href="https://status.example/x">https://status.example/x</a>.</p>`},
		{"autolink and mail", "<https://a.example> <me@a.example> [us](mailto:me@a.example)", nil, "https://a.example me@a.example us (me@a.example)", `<p><a href="https://a.example">https://a.example</a> <a href="mailto:me@a.example">me@a.example</a> <a href="mailto:me@a.example">us</a></p>`},
		{"bad links are words", "[a](javascript:alert(1)) [b](//evil.example) [c](/x) [d](data:text/html,x) [e]({s})", full, "a b c d e", "<p>a b c d e</p>"},
		{"no images, no raw HTML", "![alt](https://evil.example/p.png) <b>x</b> `c`\n\n<div>y</div>", nil, "alt <b>x</b> `c`\n\n<div>y</div>", "<p>alt &lt;b&gt;x&lt;/b&gt; `c`</p>\n<p>&lt;div&gt;y&lt;/div&gt;</p>"},
		{"slots stay literal", "Now: {s}", hostile, "Now: " + hostile["s"], "<p>Now: **x** [a](http://evil.example) &lt;script&gt;alert(1)&lt;/script&gt; `c` ![i](http://evil.example/p.png) &amp;amp; \\* {n}</p>"},
		{"list", "Do:\n\n- {s}\n- {s3?}\n- stop\n  1. now\n  2. {s3?}\n\nEnd.", full, "Do:\n\n- Exports fail.\n- stop\n  1. now\n\nEnd.", "<p>Do:</p>\n<ul>\n<li>Exports fail.</li>\n<li>stop\n<ol>\n<li>now</li>\n</ol>\n</li>\n</ul>\n<p>End.</p>"},
		{"empty list and its introduction", "Do this:\n\n- {s?}\n\nEnd.", nil, "End.", "<p>End.</p>"},
		{"numbered list", "3. a\n4. b", nil, "3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>"},
		{"heading", "# Cause\n\n{s?}\n\n##### End\n\nx", nil, "End\n\nx", "<h3>End</h3>\n<p>x</p>"},
		{"line breaks", "a  \nb\nc", nil, "a\nb c", "<p>a<br>\nb c</p>"},
		{"typed lines and paragraphs", "Now: {s} End.", map[string]string{"s": "a\nb\n\nc."}, "Now: a\nb\n\nc. End.", "<p>Now: a<br>\nb</p>\n<p>c. End.</p>"},
		{"typed paragraphs in an item", "- {s}", map[string]string{"s": "a\n\nb"}, "- a\n  b", "<ul>\n<li>a<br>\nb</li>\n</ul>"},
		{"entities and escapes", `AT&amp;T \*x\* &lt;b&gt;`, nil, "AT&T *x* <b>", "<p>AT&amp;T *x* &lt;b&gt;</p>"},
		{"typed colon does not introduce", "{s}\n\n{n?}", map[string]string{"s": "We know:"}, "We know:", "<p>We know:</p>"},
		{"nothing left", "{s?}", nil, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			blocks := fixed(tt.values).blocks(parseBody(tt.body))
			if got := toText(blocks); got != tt.text {
				t.Errorf("text\n got %q\nwant %q", got, tt.text)
			}
			if got := toHTML(blocks); got != tt.html {
				t.Errorf("HTML\n got %q\nwant %q", got, tt.html)
			}
		})
	}
}

func TestPlainForms(t *testing.T) {
	values := map[string]string{"s": "Exports\nfail.", "n": "Exports"}
	tests := []struct{ words, line, paragraphs string }{
		{"{s} {s3?} Next: {n}.", "Exports fail. Next: Exports.", "Exports\nfail. Next: Exports."},
		{"**no** <b> [m](http://a.example) &amp; {n}", "**no** <b> [m](http://a.example) &amp; Exports", "**no** <b> [m](http://a.example) &amp; Exports"},
		{"a\nb\n\n{x?}\n\nc {y}", "a b {x?} c {y}", "a b\n\nc {y}"},
	}
	for _, tt := range tests[:2] {
		if got := oneLine(fixed(values), tt.words); got != tt.line {
			t.Errorf("oneLine(%q)\n got %q\nwant %q", tt.words, got, tt.line)
		}
	}
	for _, tt := range tests {
		if got := plainText(fixed(values), tt.words); got != tt.paragraphs {
			t.Errorf("plainText(%q)\n got %q\nwant %q", tt.words, got, tt.paragraphs)
		}
	}
}
