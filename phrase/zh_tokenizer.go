package phrase

// zhTokenizer are the sentences of its room.
var zhTokenizer = map[string]string{}
