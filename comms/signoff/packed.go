package signoff

import (
	"bytes"
	"fmt"
	"runtime"
	"unique"

	"github.com/klauspost/compress/zstd"

	"github.com/countersign/countersign/comms"
)

// Packer makes publications small, for whoever keeps ten years of them in
// memory: the words of a company's updates are much alike, so that they take a
// tenth of the room when each is written as what it differs by from the first.
// It is safe for use by several goroutines.
type Packer struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
}

// NewPacker makes a packer for publications that are like this one.
func NewPacker(like Publication) (*Packer, error) {
	words := like.Content().Bytes()
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(runtime.GOMAXPROCS(0)), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(64<<10),
		zstd.WithEncoderDictRaw(1, words), zstd.WithEncoderCRC(false), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, fmt.Errorf("prepare to pack publications: %w", err)
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(runtime.GOMAXPROCS(0)), zstd.WithDecoderLowmem(true), zstd.WithDecoderDictRaw(1, words))
	if err != nil {
		return nil, fmt.Errorf("prepare to unpack publications: %w", err)
	}
	return &Packer{encoder, decoder}, nil
}

// Pack gives the same publication with its words packed: Message takes its
// time, and Facts does not. It was verified before; of its warrant stays the
// kind, for who signed is read from the store. Plans, redactions and
// statements, and what has no words, stay as they are.
func (k *Packer) Pack(p Publication) Publication {
	if p.packed != nil && p.packed.by != k {
		p.message, p.content, p.packed = p.Message(), p.Content(), nil
	}
	m := p.message
	if p.removal != nil || p.packed != nil || m.Incident == nil || m.Redaction != nil || p.content.Size() == 0 {
		return p
	}
	small := &packed{by: k, content: bytes.Clone(k.encoder.EncodeAll(p.content.Bytes(), nil))} // the encoder leaves room to spare
	if small.open(p.Digest()).Size() != p.content.Size() {
		return p
	}
	p.content, p.warrant, p.packed = comms.Withdrawn(p.Digest()), Warrant{Kind: p.warrant.Kind}, small
	p.message.Forms = nil
	p.message.Incident = shared(*m.Incident)
	return p
}

// shared is a copy that has its names in common with all others.
func shared(i comms.Incident) *comms.Incident {
	i.ID, i.Kind, i.Phase, i.Severity, i.Template = same(i.ID), same(i.Kind), same(i.Phase), same(i.Severity), same(i.Template)
	i.Claims = append(make([]comms.Claim, 0, len(i.Claims)), i.Claims...)
	for n, c := range i.Claims {
		i.Claims[n] = comms.Claim{Component: same(c.Component), State: same(c.State)}
	}
	i.Changes = append(make([]comms.Change, 0, len(i.Changes)), i.Changes...)
	for n, c := range i.Changes {
		i.Changes[n].Component, i.Changes[n].Before, i.Changes[n].After = same(c.Component), same(c.Before), same(c.After)
	}
	return &i
}

func same[T ~string](s T) T { return unique.Make(s).Value() }

// packed are the canonical bytes of a message.
type packed struct {
	by      *Packer
	content []byte
}

// open gives the content back; without its bytes if they are not those of the
// digest, which Pack has ruled out.
func (k *packed) open(digest comms.Digest) comms.Content {
	b, err := k.by.decoder.DecodeAll(k.content, nil)
	if err != nil {
		return comms.Withdrawn(digest)
	}
	c, err := comms.OpenContent(digest, b)
	if err != nil {
		return comms.Withdrawn(digest)
	}
	return c
}
