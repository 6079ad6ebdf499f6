package page

import (
	"bytes"
	"io"
	"math/bits"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// packer compresses one document after another.
type packer interface {
	io.WriteCloser
	Reset(w io.Writer)
}

// The packers that wait for a document: one takes more than a megabyte, most of
// what a publication would leave to the collector. Those that nobody needs for a
// while it takes away.
var (
	gzips = sync.Pool{New: func() any {
		z, _ := gzip.NewWriterLevel(nil, gzip.BestCompression) // a level that exists
		return z
	}}
	brotlis [largestWindow + 1]sync.Pool // by the window that they are made for
)

// brotliLevel is where half the time of the highest useful level buys all but
// one percent of its size.
const brotliLevel = 5

const smallestWindow, largestWindow = 16, 22

// window is the binary logarithm of how far back a document of so many bytes
// can refer to itself (RFC 7932 section 9.1). The largest would cost more time
// to clear than a page takes to compress.
func window(size int) int {
	return min(max(smallestWindow, bits.Len(uint(size))), largestWindow)
}

func zipped(plain []byte) []byte {
	z := gzips.Get().(packer)
	defer gzips.Put(z)
	return pack(z, plain)
}

// unzipped gives back what zipped was given.
func unzipped(packed []byte) []byte {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil // which zipped never makes
	}
	plain, _ := io.ReadAll(z) // of what was complete in memory
	return plain
}

func brotlied(plain []byte) []byte {
	size := window(len(plain))
	b, waits := brotlis[size].Get().(packer)
	if !waits {
		b = brotli.NewWriterOptions(nil, brotli.WriterOptions{Quality: brotliLevel, LGWin: size})
	}
	defer brotlis[size].Put(b)
	return pack(b, plain)
}

func pack(p packer, plain []byte) []byte {
	var out bytes.Buffer
	p.Reset(&out)
	_, _ = p.Write(plain) // into memory, which does not fail
	_ = p.Close()
	return bytes.Clone(out.Bytes()) // kept long, and without room to grow
}
