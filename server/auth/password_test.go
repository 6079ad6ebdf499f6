package auth

import (
	"context"
	"testing"
)

// FuzzDecodePHC looks for a stored password that panics or asks for more
// memory than there is.
func FuzzDecodePHC(f *testing.F) {
	h := newHasher(0)
	phc, err := h.hash(context.Background(), "four unrelated words")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{phc, h.nobody(), "", "$argon2id$v=19$m=99999999,t=1,p=1$AAAAAAAAAAA$AA", "$argon2i$v=19$m=8,t=1,p=1$$", "$$$$$"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, salt, key, err := decodePHC(s)
		if err == nil && (p.memory > 1<<20 || len(salt) < 8 || len(key) != keySize) {
			t.Errorf("%q gives %+v", s, p)
		}
	})
}
