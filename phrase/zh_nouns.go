package phrase

// zhNouns are the sentences of the nouns and of the errors that every room shares.
var zhNouns = map[string]string{}
