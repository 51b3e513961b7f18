package phrase

// zhServe are the sentences of its room.
var zhServe = map[string]string{}
