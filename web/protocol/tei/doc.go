// Package tei lets clients of Hugging Face's Text Embeddings Inference talk to
// our endpoints: /predict, /embed, /info and /health below /endpoints/NAME, in
// the shapes of that project's OpenAPI document (version 1.8).
//
// What an answer cost stands in its headers, since the shapes have no room for
// it: Datahall-Joules, Datahall-Energy-Source, Datahall-Cost,
// Datahall-Currency, Datahall-Grams-CO2, Datahall-Batch, beside TEI's own
// X-Compute-Tokens and X-Total-Time.
package tei
