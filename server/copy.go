package server

import (
	"context"
	"errors"
	"fmt"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/export"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/static"
	"github.com/countersign/countersign/templates"
)

// WriteCopy writes a copy of everything that customers of an installation can
// see into a folder, as package export lays it out. It needs no running
// service and no seal key. When a publication cannot be verified, what was
// signed before it is copied all the same, and the error says so.
func WriteCopy(ctx context.Context, s Stored, dir string, o Options) (export.About, error) {
	o = o.filled()
	folder, err := export.Open(dir, static.FS)
	if err != nil {
		return export.About{}, err
	}
	words, err := language.New(templates.FS)
	if err != nil {
		return export.About{}, err
	}
	builder, err := page.NewBuilder(words, templates.FS, static.FS)
	if err != nil {
		return export.About{}, err
	}
	db, _, err := Inspect(ctx, s)
	if err != nil {
		return export.About{}, err
	}
	defer db.Close()
	keeper := page.NewKeeper(builder, db, nil, o.Now, o.Log)
	failed := keeper.Refresh(ctx)
	shown := keeper.Snapshot()
	if shown == nil {
		return export.About{}, fmt.Errorf("make the page: %w", failed)
	}
	about, err := folder.Write(ctx, shown)
	if failed != nil {
		failed = fmt.Errorf("the copy ends before what cannot be verified; run `countersign audit verify`: %w", failed)
	}
	return about, errors.Join(err, failed)
}

// wireCopy prepares the copy that the settings ask for, if they do; nil for
// none. A folder that is not ours is refused before anything starts; one that
// cannot be written to at this moment must not keep the page from customers.
func (s *service) wireCopy(m *metrics) (func(context.Context), error) {
	if s.config.Copy == "" {
		return nil, nil
	}
	folder, err := export.Open(s.config.Copy, static.FS)
	var refused *comms.Refusal
	if errors.As(err, &refused) {
		refused.Field = "copy" // as the setting is named
	}
	if err != nil {
		return nil, err
	}
	written := m.copies()
	return func(ctx context.Context) { folder.Follow(ctx, s.keeper.Snapshot, written, s.config.Log) }, nil
}
