package store

import (
	"context"
	"database/sql"
	"errors"

	"datahall"
)

// writer is the only one that changes the database. Writes that wait while one
// is being synced are done together in the next transaction, each in a
// savepoint of its own: many durable writes cost one sync, and one that fails
// takes no other with it.
type writer struct {
	db    *sql.DB
	tx    tx
	queue chan *write
	alone chan func() // what cannot run in a transaction
	quit  chan struct{}
	done  chan struct{}
	fail  func(error) error
}

// maxBatch bounds how long the first of a batch waits for the last.
const maxBatch = 256

type write struct {
	ctx      context.Context
	change   func(*tx) error
	err      error
	panicked any
	done     chan struct{}
}

// newWriter takes the database's only writing connection and starts the writer.
func newWriter(ctx context.Context, db *sql.DB, fail func(error) error) (*writer, error) {
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{
		db: db, tx: tx{conn: conn, prepared: map[string]*sql.Stmt{}}, fail: fail,
		queue: make(chan *write), alone: make(chan func()), quit: make(chan struct{}), done: make(chan struct{}),
	}
	go w.run()
	return w, nil
}

// write runs change in a transaction and returns when it is on disk. change may
// be called once only and must leave no rows open.
func (s *Store) write(ctx context.Context, change func(*tx) error) error {
	w := &write{ctx: ctx, change: change, done: make(chan struct{})}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.writer.quit:
		return errClosed()
	case s.writer.queue <- w:
	}
	<-w.done
	if w.panicked != nil {
		panic(w.panicked)
	}
	return s.fail(w.err)
}

// checkpoint moves the log into the database and empties it, so that what was
// deleted is in neither.
func (s *Store) checkpoint(ctx context.Context) error {
	result := make(chan error, 1)
	f := func() {
		_, err := s.writer.tx.conn.ExecContext(whole, "PRAGMA wal_checkpoint(TRUNCATE)")
		result <- err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.writer.quit:
		return errClosed()
	case s.writer.alone <- f:
		return s.fail(<-result)
	}
}

func errClosed() error {
	return datahall.Errorf(datahall.Unavailable, "store: it is closed; start the hall again")
}

func (w *writer) run() {
	defer close(w.done)
	for {
		select {
		case <-w.quit:
			return
		case first := <-w.queue:
			w.batch(first)
		case f := <-w.alone:
			f()
		}
	}
}

// batch does first and what waits behind it in one transaction.
func (w *writer) batch(first *write) {
	batch := []*write{first}
	broken := w.tx.run("BEGIN IMMEDIATE")
	for i := 0; broken == nil && i < len(batch); i++ {
		broken = w.one(batch[i])
		if len(batch) == i+1 && len(batch) < maxBatch {
			select {
			case next := <-w.queue:
				batch = append(batch, next)
			default:
			}
		}
	}
	if broken == nil {
		broken = w.tx.run("COMMIT")
	}
	if broken != nil {
		w.tx.run("ROLLBACK") //nolint:errcheck // SQLite may have done so already
	}
	for _, b := range batch {
		if broken != nil {
			b.err = broken
		}
		close(b.done)
	}
}

// one does a write in a savepoint. Its own failure is its own; an error is
// returned where the whole transaction is gone, as it is when the disk is full.
func (w *writer) one(b *write) error {
	if b.err = b.ctx.Err(); b.err != nil {
		return nil
	}
	if err := w.tx.run("SAVEPOINT one"); err != nil {
		return err
	}
	func() {
		defer func() { b.panicked = recover() }()
		b.err = b.change(&w.tx)
	}()
	if b.err == nil && b.panicked == nil {
		return w.tx.run("RELEASE one")
	}
	if err := w.tx.run("ROLLBACK TO one"); err != nil {
		return errors.Join(b.err, err)
	}
	return w.tx.run("RELEASE one")
}

func (w *writer) close() error {
	close(w.quit)
	<-w.done
	return errors.Join(closeAll(w.tx.prepared), w.tx.conn.Close(), w.db.Close())
}

// closeAll ends statements; a connection with open ones is not closed by SQLite.
func closeAll(prepared map[string]*sql.Stmt) error {
	var errs []error
	for _, s := range prepared {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// tx is the writing connection inside a transaction.
type tx struct {
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
}

// The statements of the writer are not interrupted: what began is finished, so
// their context is always this one.
var whole = context.Background()

func (t *tx) statement(query string) (*sql.Stmt, error) {
	if s := t.prepared[query]; s != nil {
		return s, nil
	}
	s, err := t.conn.PrepareContext(whole, query)
	if err == nil {
		t.prepared[query] = s
	}
	return s, err
}

// run executes without a count.
func (t *tx) run(query string, args ...any) error {
	_, err := t.exec(query, args...)
	return err
}

// exec gives the number of rows it changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	s, err := t.statement(query)
	if err != nil {
		return 0, err
	}
	result, err := s.Exec(args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// insert gives the new row's number.
func (t *tx) insert(query string, args ...any) (int64, error) {
	s, err := t.statement(query)
	if err != nil {
		return 0, err
	}
	result, err := s.Exec(args...)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

func (t *tx) query(query string, args ...any) (*sql.Rows, error) {
	s, err := t.statement(query)
	if err != nil {
		return nil, err
	}
	return s.Query(args...)
}

// querier is a transaction or the pool of readers.
type querier interface {
	query(query string, args ...any) (*sql.Rows, error)
}

// one scans the first row; false where there is none.
func one(q querier, query string, args, into []any) (bool, error) {
	rows, err := q.query(query, args...)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return false, rows.Err()
	}
	return true, errors.Join(rows.Scan(into...), rows.Close())
}

// all scans every row with scan.
func all[T any](q querier, query string, args []any, scan func(*sql.Rows) (T, error)) ([]T, error) {
	rows, err := q.query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []T{}
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}
