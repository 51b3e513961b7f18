package phrase

// zhStore are the sentences of its room.
var zhStore = map[string]string{}
