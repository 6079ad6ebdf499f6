//go:build fuzz

package api_test

import "net/http"

// A fuzzer instruments everything that it links, and the validator of
// documents takes it minutes to build. What is fuzzed is not the document.

func (client) hold(*http.Request, answer) {}

func document() {}
