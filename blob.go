package datahall

import (
	"context"
	"io"
)

// Blob is the address of sealed bytes: the keyed digest of the plain ones
// under their project's key.
type Blob struct {
	Digest string `json:"digest"`
	Bytes  int64  `json:"bytes"` // plain length
}

// BlobStore keeps sealed bytes by project and digest.
type BlobStore interface {
	// Put seals what r gives. The same bytes of the same project have the same address.
	Put(ctx context.Context, project string, r io.Reader) (Blob, error)
	// Open gives the plain bytes; a changed or cut blob is an error on reading.
	Open(ctx context.Context, project, digest string) (io.ReadCloser, error)
	Delete(ctx context.Context, project, digest string) error
}
