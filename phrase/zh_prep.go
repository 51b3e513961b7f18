package phrase

// zhPrep are the sentences of its room.
var zhPrep = map[string]string{}
