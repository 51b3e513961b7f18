// Package client asks a hall: what the command line, the worker and the
// applications use.
//
// Each method is one request of the HTTP API and speaks in the nouns. A refusal
// comes back as the datahall.Error that the hall meant, so that it can be shown
// in the reader's language. While a hall is away, requests that are safe to
// repeat are tried again for [Client.Patience].
package client
